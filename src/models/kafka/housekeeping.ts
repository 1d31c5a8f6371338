import type { Timer } from '../../core/clock.js';
import { BrokerError } from '../../core/errors.js';
import type { ModelContext } from '../../core/model.js';
import { Cluster } from './cluster.js';
import { type CompactionOptions, compactLog } from './compaction.js';
import type { Partition } from './partition.js';
import type { PartitionLog } from './partition-log.js';
import { applyRetention } from './retention.js';

/** What is done from time to time: a name, its interval, and whether there is anything to do it for. */
interface Chore {
  readonly intervalMs: () => number;
  readonly isNeeded: () => boolean;
  readonly run: () => void;
}

/**
 * What a Kafka broker does in the background: retention, compaction, forgetting of idle producers, leaders back to
 * where they are preferred. Timers run only while there is a topic to run for.
 */
export class Housekeeping {
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  readonly #chores: readonly Chore[];
  readonly #timers = new Map<Chore, Timer>();

  constructor(context: ModelContext, cluster: Cluster) {
    this.#context = context;
    this.#cluster = cluster;
    const { config } = cluster;
    this.#chores = [
      {
        intervalMs: () => config.number('log.retention.check.interval.ms'),
        isNeeded: () => this.#some((partition) => partition.log.bytes > 0),
        run: () => this.runRetention(),
      },
      {
        intervalMs: () => Math.max(config.number('log.cleaner.backoff.ms'), 1),
        isNeeded: () => this.#some(({ home, log }) => home.settings.compacted && log.segments.length > 1),
        run: () => this.runCompaction(false),
      },
      {
        intervalMs: () => config.number('leader.imbalance.check.interval.seconds') * 1_000,
        isNeeded: () => config.flag('auto.leader.rebalance.enable') && this.#some(Cluster.isMisplaced),
        run: () => cluster.electPreferredLeaders(),
      },
    ];
  }

  #some(condition: (partition: Partition) => boolean): boolean {
    for (const topic of this.#cluster.topics.values()) if (topic.partitions.some(condition)) return true;
    return false;
  }

  /** Arms the timers that are needed and not armed: called when something was written or changed. */
  wake(): void {
    for (const chore of this.#chores) {
      if (!this.#timers.get(chore)?.pending && chore.isNeeded()) this.#arm(chore);
    }
  }

  #arm(chore: Chore): void {
    const { clock, outbox } = this.#context;
    const fire = () => {
      outbox.run(chore.run);
      if (chore.isNeeded()) this.#arm(chore);
    };
    this.#timers.set(chore, clock.schedule(clock.now + chore.intervalMs(), fire));
  }

  /** Deletes what retention lets go, now. */
  runRetention(): void {
    const nowMs = this.#context.clock.now;
    const expiredMs = nowMs - this.#cluster.config.number('producer.id.expiration.ms');
    for (const topic of this.#cluster.topics.values()) {
      for (const partition of topic.partitions) {
        applyRetention(partition, nowMs);
        for (const log of partition.logs.values()) log.producers.expire(expiredMs);
      }
    }
  }

  /** Compacts, now. @param force also where too little is dirty */
  runCompaction(force: boolean): void {
    const nowMs = this.#context.clock.now;
    const maxBytes = this.#context.limits.kafkaDecompressedBytes;
    for (const topic of this.#cluster.topics.values()) {
      if (!topic.settings.compacted) continue;
      for (const { logs } of topic.partitions) {
        for (const log of logs.values()) {
          compactReadable(log, { settings: topic.settings, nowMs, maxBytes, force });
        }
      }
    }
  }

  stop(): void {
    for (const timer of this.#timers.values()) this.#context.clock.cancel(timer);
    this.#timers.clear();
  }
}

/** A log with a batch that cannot be unfolded stays as it is. */
function compactReadable(log: PartitionLog, options: CompactionOptions): void {
  try {
    compactLog(log, options);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
  }
}
