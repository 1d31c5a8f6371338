import type { Timer } from '../../core/clock.js';
import type { ModelContext } from '../../core/model.js';
import type { Cluster } from './cluster.js';
import { KafkaError } from './errors.js';
import type { Partition } from './partition.js';

/** A partition on its way to other nodes. */
export interface Reassignment {
  readonly partition: Partition;
  /** The nodes that it will have, in their order. */
  readonly target: readonly number[];
  /** Those of them that it did not have before. */
  readonly adding: readonly number[];
  /** Those that it will not have any more. */
  readonly removing: readonly number[];
}

type Nodes = readonly number[];
type Saved = readonly [topicId: string, index: number, target: Nodes, adding: Nodes, removing: Nodes];

/**
 * Partitions that are being moved.
 *
 * Until the new nodes have copied everything, which takes them one fetch of a follower, a partition has both the old
 * and the new ones, and the old ones are in sync. Where nothing has to be copied a move is over at once. One that waits
 * for a node that is down goes on when the node is back.
 */
export class Reassignments {
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  readonly #moves = new Map<Partition, Reassignment>();
  readonly #timers = new Map<Partition, Timer>();

  constructor(context: ModelContext, cluster: Cluster) {
    this.#context = context;
    this.#cluster = cluster;
    cluster.onTopicChange((topic, change) => {
      if (change === 'deleted') for (const partition of topic.partitions) this.#forget(partition);
    });
  }

  /** In the order in which they began. */
  get list(): readonly Reassignment[] {
    return [...this.#moves.values()];
  }

  of(partition: Partition): Reassignment | undefined {
    return this.#moves.get(partition);
  }

  /** Begins to move a partition; one that is on its way already goes elsewhere. @throws KafkaError INVALID_REPLICA_ASSIGNMENT */
  begin(partition: Partition, target: readonly number[]): void {
    this.#cluster.checkAssignments([target]);
    const before = this.#nodesBefore(partition);
    const adding = target.filter((node) => !before.includes(node));
    const removing = before.filter((node) => !target.includes(node));
    this.#forget(partition);
    if (adding.length === 0) return this.#cluster.reassign(partition, target);
    partition.place([...target, ...removing]);
    this.#await({ partition, target, adding, removing });
  }

  /** Takes a move back. @throws KafkaError NO_REASSIGNMENT_IN_PROGRESS */
  cancel(partition: Partition): void {
    if (!this.#moves.has(partition)) {
      throw new KafkaError('NO_REASSIGNMENT_IN_PROGRESS', 'No partition reassignment is in progress.');
    }
    const before = this.#nodesBefore(partition);
    this.#forget(partition);
    this.#cluster.reassign(partition, before);
  }

  #nodesBefore(partition: Partition): number[] {
    const adding = this.#moves.get(partition)?.adding ?? [];
    return partition.replicas.filter((node) => !adding.includes(node));
  }

  #await(move: Reassignment): void {
    const { clock, outbox } = this.#context;
    this.#moves.set(move.partition, move);
    const dueMs = clock.now + this.#cluster.config.number('replica.fetch.wait.max.ms');
    const fire = () => outbox.run(() => this.#finish(move));
    this.#timers.set(move.partition, clock.schedule(dueMs, fire));
  }

  #finish(move: Reassignment): void {
    if (!move.adding.every((node) => this.#cluster.isAlive(node))) return;
    this.#forget(move.partition);
    this.#cluster.reassign(move.partition, move.target);
  }

  #forget(partition: Partition): void {
    const timer = this.#timers.get(partition);
    if (timer) this.#context.clock.cancel(timer);
    this.#timers.delete(partition);
    this.#moves.delete(partition);
  }

  /** A node is back: what waited for it goes on. */
  nodeStarted(): void {
    for (const move of this.list) if (!this.#timers.get(move.partition)?.pending) this.#await(move);
  }

  clear(): void {
    for (const partition of [...this.#moves.keys()]) this.#forget(partition);
  }

  snapshot(): unknown {
    return this.list.map(({ partition, target, adding, removing }) => [
      partition.home.id,
      partition.index,
      target,
      adding,
      removing,
    ]);
  }

  restore(state: unknown): void {
    this.clear();
    for (const [topicId, index, target, adding, removing] of (state ?? []) as Saved[]) {
      const partition = this.#cluster.topicById(topicId)?.partitions[index];
      if (partition) this.#await({ partition, target, adding, removing });
    }
  }
}
