import { Delayed } from '../../core/delayed.js';
import { BrokerError } from '../../core/errors.js';
import type { ModelContext } from '../../core/model.js';
import type { Cluster } from './cluster.js';
import type { GroupCoordinator } from './group-coordinator.js';
import type { GroupMemberView } from './group-view.js';
import { LogReader } from './log-reader.js';

/** How far a group has come in one partition. */
export interface GroupProgress {
  readonly topic: string;
  readonly partition: number;
  /** The next offset to read, undefined when nothing was committed. */
  readonly committed: number | undefined;
  readonly metadata: string;
  /** Offsets that are left to read, 0 when only markers and aborted records are. */
  readonly lag: number;
}

const DEFAULT_TIMEOUT_MS = 5_000;

/** A consumer group as tests look at it. The group need not exist yet. */
export class GroupHandle {
  readonly id: string;
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  readonly #groups: GroupCoordinator;

  constructor(context: ModelContext, cluster: Cluster, groups: GroupCoordinator, id: string) {
    this.#context = context;
    this.#cluster = cluster;
    this.#groups = groups;
    this.id = id;
  }

  /** `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable`, …; `Dead` for a group that does not exist. */
  get state(): string {
    return this.#groups.group(this.id)?.state ?? 'Dead';
  }

  /** In the order in which they joined. */
  get members(): GroupMemberView[] {
    return this.#groups.memberViews(this.id);
  }

  /** Every partition that the group reads or has read, by topic and number. */
  get offsets(): GroupProgress[] {
    const places = new Map<string, { topic: string; partition: number }>();
    const note = (topic: string, partition: number) => places.set(`${topic}/${partition}`, { topic, partition });
    for (const { topic, partition } of this.#groups.offsets(this.id)?.entries() ?? []) note(topic, partition);
    for (const { assignment } of this.members) {
      for (const { topic, partitions } of assignment) for (const index of partitions) note(topic, index);
    }
    return [...places.values()]
      .sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition))
      .map(({ topic, partition }) => this.#progress(topic, partition));
  }

  #progress(topic: string, index: number): GroupProgress {
    const committed = this.#groups.offsets(this.id)?.get(topic, index);
    const progress = { topic, partition: index, committed: committed?.offset, metadata: committed?.metadata ?? '' };
    const partition = this.#cluster.partition(topic, index);
    if (!partition) return { ...progress, lag: 0 };
    const from = committed?.offset ?? partition.log.logStart;
    const maxBytes = this.#context.limits.kafkaDecompressedBytes;
    const left = new LogReader(partition, from, { committed: true, maxBytes }).next();
    return { ...progress, lag: left ? partition.log.highWatermark - left.offset : 0 };
  }

  /** Offsets that are left to read in all partitions together. */
  get lag(): number {
    return this.offsets.reduce((sum, { lag }) => sum + lag, 0);
  }

  /** The next offset to read in a partition, undefined when nothing was committed. */
  committed(topic: string, partition: number): number | undefined {
    return this.#groups.offsets(this.id)?.get(topic, partition)?.offset;
  }

  /**
   * Resolves when everything was read and committed in all partitions that the group reads or has read.
   *
   * @param options `timeout` in milliseconds, default 5 000
   * @throws BrokerError TIMEOUT, saying where something is left
   */
  caughtUp(options: { readonly timeout?: number } = {}): Promise<void> {
    const settled = () => !this.#groups.group(this.id)?.rebalancing;
    return this.#until(
      () => settled() && this.offsets.length > 0 && this.lag === 0,
      options.timeout,
      () => `group '${this.id}' is not caught up: ${this.#shownLag()}`,
    );
  }

  #shownLag(): string {
    const behind = this.offsets.filter(({ lag }) => lag > 0);
    const shown = behind.map(({ topic, partition, lag }) => `${lag} left in ${topic}-${partition}`);
    return shown.join(', ') || `it is ${this.state} and has no partitions`;
  }

  /**
   * Resolves when the group is stable.
   *
   * @param options `members`: with this many members; `timeout` in milliseconds, default 5 000
   * @throws BrokerError TIMEOUT, saying how it stands
   */
  stable(options: { readonly members?: number; readonly timeout?: number } = {}): Promise<void> {
    const { members } = options;
    return this.#until(
      () => this.state === 'Stable' && (members === undefined || this.members.length === members),
      options.timeout,
      () => {
        const wanted = members === undefined ? 'stable' : `stable with ${members} members`;
        return `group '${this.id}' is not ${wanted}: ${this.state} with ${this.members.length}`;
      },
    );
  }

  #until(condition: () => boolean, timeoutMs = DEFAULT_TIMEOUT_MS, reason: () => string): Promise<void> {
    return new Promise((resolve, reject) => {
      const { clock } = this.#context;
      const settle = (done: boolean) => {
        stop();
        if (done) return resolve();
        reject(new BrokerError('TIMEOUT', `${reason()}, after ${timeoutMs} ms`));
      };
      const delayed = new Delayed(clock, clock.now + timeoutMs, () => false, settle, 'liveness');
      const check = () => {
        if (!delayed.done && condition()) delayed.complete(true);
      };
      const stop = this.#groups.onChange((groupId) => {
        if (groupId === this.id) check();
      });
      check();
    });
  }
}
