import { Delayed } from '../../core/delayed.js';
import { BrokerError } from '../../core/errors.js';
import type { ModelContext } from '../../core/model.js';
import type { Cluster } from './cluster.js';
import { LogReader, readRecords } from './log-reader.js';
import type { Partition } from './partition.js';
import type { KafkaRecord } from './record.js';

const DEFAULT_TIMEOUT_MS = 5_000;

/** What can be seen of a partition. */
export interface PartitionView {
  readonly index: number;
  /** Node that leads, -1 when there is none. */
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly logStart: number;
  readonly lastStable: number;
  readonly highWatermark: number;
  readonly logEnd: number;
  /** Bytes that its leader keeps. */
  readonly bytes: number;
}

/** Which records to read. */
export interface RecordQuery {
  /** Default: all partitions, one after the other. */
  readonly partition?: number;
  /** First offset. Default: the first one that is left. */
  readonly from?: number;
  /** Leaves out what is not committed. Default true. */
  readonly committed?: boolean;
}

/**
 * A topic as tests look at it. The topic need not exist yet.
 *
 * `records` reads what is there, `next` waits for one that it has not returned before.
 */
export class TopicHandle {
  readonly name: string;
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  /** Where `next` goes on, by partition; they belong to the topic of this id. */
  #readers: LogReader[] = [];
  #topicId: string | undefined;
  /** Records that a predicate of `next` passed over. */
  #passed: KafkaRecord[] = [];

  constructor(context: ModelContext, cluster: Cluster, name: string) {
    this.#context = context;
    this.#cluster = cluster;
    this.name = name;
  }

  get exists(): boolean {
    return this.#cluster.topic(this.name) !== undefined;
  }

  /** Its partitions as they are now; empty while there is no such topic. */
  get partitions(): PartitionView[] {
    return (this.#cluster.topic(this.name)?.partitions ?? []).map(viewOf);
  }

  /** Records that can be read now: partition by partition, each in the order of its offsets. */
  records(query: RecordQuery = {}): KafkaRecord[] {
    const partitions = this.#cluster.topic(this.name)?.partitions ?? [];
    const asked = query.partition === undefined ? partitions : partitions.slice(query.partition, query.partition + 1);
    return asked.flatMap((partition) =>
      readRecords(this.#reader(partition, query.from ?? partition.log.logStart, query.committed)),
    );
  }

  /**
   * The next record that this handle has not returned yet, and that `predicate` accepts; records that it passes over
   * stay for later calls.
   *
   * @param options `timeout` in milliseconds, default 5 000
   * @throws BrokerError TIMEOUT
   */
  next(
    predicate: (record: KafkaRecord) => boolean = () => true,
    options: { readonly timeout?: number } = {},
  ): Promise<KafkaRecord> {
    const timeoutMs = options.timeout ?? DEFAULT_TIMEOUT_MS;
    return new Promise((resolve, reject) => {
      const { clock } = this.#context;
      const stops: Array<() => void> = [];
      const settle = (found: KafkaRecord | undefined) => {
        for (const stop of stops) stop();
        if (found) return resolve(found);
        const seen = `${this.#passed.length} others were there`;
        reject(new BrokerError('TIMEOUT', `no such record in topic '${this.name}' after ${timeoutMs} ms; ${seen}`));
      };
      const delayed = new Delayed<KafkaRecord | undefined>(
        clock,
        clock.now + timeoutMs,
        () => undefined,
        settle,
        'liveness',
      );
      const check = () => {
        if (delayed.done) return;
        try {
          const found = this.#take(predicate);
          if (found) delayed.complete(found);
        } catch (error) {
          if (delayed.abandon()) for (const stop of stops) stop();
          reject(error);
        }
      };
      const watch = () => {
        for (const partition of this.#cluster.topic(this.name)?.partitions ?? []) stops.push(partition.watch(check));
      };
      check();
      if (delayed.done) return;
      watch();
      stops.push(
        this.#cluster.onTopicChange((topic) => {
          if (topic.name === this.name) watch();
        }),
      );
    });
  }

  #take(predicate: (record: KafkaRecord) => boolean): KafkaRecord | undefined {
    this.#followTopic();
    const at = this.#passed.findIndex(predicate);
    if (at >= 0) return this.#passed.splice(at, 1)[0];
    for (const reader of this.#readers) {
      for (let record = reader.next(); record; record = reader.next()) {
        if (predicate(record)) return record;
        this.#passed.push(record);
      }
    }
    return undefined;
  }

  /** A topic that was made again is read from its beginning, new partitions are read, too. */
  #followTopic(): void {
    const topic = this.#cluster.topic(this.name);
    if (topic?.id !== this.#topicId) {
      this.#topicId = topic?.id;
      this.#readers = [];
      this.#passed = [];
    }
    for (const partition of topic?.partitions.slice(this.#readers.length) ?? []) {
      this.#readers.push(this.#reader(partition, partition.log.logStart));
    }
  }

  #reader(partition: Partition, offset: number, committed = true): LogReader {
    return new LogReader(partition, offset, { committed, maxBytes: this.#context.limits.kafkaDecompressedBytes });
  }
}

function viewOf(partition: Partition): PartitionView {
  const { log } = partition;
  return {
    index: partition.index,
    leader: partition.leader,
    leaderEpoch: partition.leaderEpoch,
    replicas: partition.replicas,
    isr: partition.isr,
    logStart: log.logStart,
    lastStable: log.lastStable,
    highWatermark: log.highWatermark,
    logEnd: log.logEnd,
    bytes: log.bytes,
  };
}
