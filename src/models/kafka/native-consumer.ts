import type { ModelContext } from '../../core/model.js';
import { ASSIGNORS } from './assignor/index.js';
import type { Cluster } from './cluster.js';
import type { TopicPartitions } from './consumer-protocol.js';
import { KafkaError } from './errors.js';
import type { GroupCoordinator } from './group-coordinator.js';
import { LogReader } from './log-reader.js';
import { NativeMember } from './native-member.js';
import { KafkaRecord } from './record.js';

export interface ConsumerOptions {
  /** Where to begin in a partition of which the group has committed nothing. Default `earliest`. */
  readonly from?: 'earliest' | 'latest';
  /** Leaves out what is not committed, or was aborted. Default true. */
  readonly committed?: boolean;
  /**
   * Ways to share out partitions, in the order of preference: `cooperative-sticky`, `range`, `roundrobin`,
   * `RoundRobinAssigner` (kafkajs), `sticky`. Default: all of them, so that any other client can be in the group.
   */
  readonly assignors?: readonly string[];
  /** Default `native`. */
  readonly clientId?: string;
  /** Makes it a static member: one that comes back under the same name gets the same partitions. */
  readonly instanceId?: string;
  /** How long a rebalance waits for a record that is being worked on. Default 60 000. */
  readonly rebalanceTimeoutMs?: number;
}

const DEFAULT_ASSIGNORS = ['cooperative-sticky', 'range', 'roundrobin', 'RoundRobinAssigner', 'sticky'];

/** A record as a consumer of a group gets it. */
export class ConsumedRecord extends KafkaRecord {
  readonly #consumer: KafkaConsumer;

  constructor(record: KafkaRecord, consumer: KafkaConsumer) {
    const { keyBytes: key, body: value, headers, timestampMs } = record;
    super(record.topic, record.partition, record.offset, { key, value, headers, timestampMs });
    this.#consumer = consumer;
  }

  /**
   * Tells the group that this record and all before it in its partition are done.
   *
   * @throws KafkaError ILLEGAL_GENERATION when the partition belongs to another member by now
   */
  commit(): void {
    this.#consumer.commit(this);
  }
}

interface Waiter {
  readonly resolve: (result: IteratorResult<ConsumedRecord, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A consumer in a group: `for await (const record of consumer) { …; record.commit(); }`.
 *
 * It shares its group with clients on the wire. A rebalance waits until the record that was handed out last is committed
 * or the next one is asked for. Leaving the loop leaves the group.
 */
export class KafkaConsumer implements AsyncIterableIterator<ConsumedRecord, undefined> {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  readonly #groups: GroupCoordinator;
  readonly #options: ConsumerOptions;
  readonly #member: NativeMember;
  readonly #onClose: (consumer: KafkaConsumer) => void;
  /** One for each partition that it was given, by `topic/partition`. */
  readonly #readers = new Map<string, { readonly reader: LogReader; readonly unwatch: () => void }>();
  /** Partitions whose turn it is, in a circle. */
  #turn = 0;
  /** Handed out and not settled yet. */
  #held: ConsumedRecord | undefined;
  #waiters: Waiter[] = [];
  #closed = false;
  #error: unknown;

  /** @throws KafkaError INVALID_REQUEST for an unknown assignor, INCONSISTENT_GROUP_PROTOCOL, … */
  constructor(
    context: ModelContext,
    cluster: Cluster,
    groups: GroupCoordinator,
    groupId: string,
    topics: readonly string[],
    options: ConsumerOptions = {},
    onClose: (consumer: KafkaConsumer) => void = () => {},
  ) {
    const assignors = options.assignors ?? DEFAULT_ASSIGNORS;
    const unknown = assignors.find((name) => !ASSIGNORS.has(name));
    if (unknown !== undefined || assignors.length === 0) {
      const known = [...ASSIGNORS.keys()].join(', ');
      throw new KafkaError('INVALID_REQUEST', `assignor '${unknown}' is unknown; give one of ${known}`);
    }
    this.groupId = groupId;
    this.topics = topics;
    this.#context = context;
    this.#cluster = cluster;
    this.#groups = groups;
    this.#options = options;
    this.#onClose = onClose;
    this.#member = new NativeMember(
      context,
      cluster,
      groups,
      groupId,
      {
        topics,
        assignors,
        clientId: options.clientId ?? 'native',
        instanceId: options.instanceId ?? null,
        rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 60_000,
      },
      {
        ready: () => this.#held === undefined,
        assigned: (assignment, keeps) => this.#assign(assignment, keeps),
        failed: (error) => this.#fail(error),
      },
    );
    this.#member.follow();
    if (this.#error) throw this.#error;
  }

  /** Its id in the group; a new one each time that it had to join anew. */
  get memberId(): string {
    return this.#member.identity.memberId;
  }

  /** What it reads at present. */
  get assignment(): TopicPartitions[] {
    const byTopic = new Map<string, number[]>();
    for (const { reader } of this.#readers.values()) {
      const { home, index } = reader.partition;
      byTopic.set(
        home.name,
        [...(byTopic.get(home.name) ?? []), index].sort((a, b) => a - b),
      );
    }
    return [...byTopic].map(([topic, partitions]) => ({ topic, partitions }));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * The next record; waits for one.
   *
   * @throws KafkaError FENCED_INSTANCE_ID when another consumer has taken its name, CORRUPT_MESSAGE
   */
  next(): Promise<IteratorResult<ConsumedRecord, undefined>> {
    this.#settle();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#serve();
    });
  }

  /** Ends the loop: leaves the group. */
  return(): Promise<IteratorResult<ConsumedRecord, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /**
   * Commits a record and all before it in its partition; without one, everything that was handed out.
   *
   * @throws KafkaError ILLEGAL_GENERATION when the partition belongs to another member by now
   */
  commit(record?: KafkaRecord): void {
    const places = record ? [this.#placeOf(record)] : [...this.#readers.values()].map(({ reader }) => reader);
    const commits = places.map(({ partition, offset }) => ({
      topic: partition.home.name,
      partition: partition.index,
      offset,
      leaderEpoch: partition.leaderEpoch,
      metadata: null,
    }));
    this.#member.commit(commits);
    this.#note(commits);
    if (!record || record === this.#held) this.#settle();
  }

  #placeOf({ topic, partition, offset }: KafkaRecord) {
    const held = this.#readers.get(`${topic}/${partition}`);
    if (held) return { partition: held.reader.partition, offset: offset + 1 };
    throw new KafkaError(
      'ILLEGAL_GENERATION',
      `${topic}-${partition} is read by another member of group '${this.groupId}' by now; offset ${offset} cannot be committed`,
    );
  }

  #note(commits: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[]): void {
    const { journal } = this.#context;
    if (!journal.on) return;
    for (const { topic, partition, offset } of commits) {
      journal.record('kafka', 'acked', { to: topic, partition, offset, receiver: this.groupId });
    }
  }

  /** Leaves the group and ends the loop; what was not committed goes to others. Does nothing the second time. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held = undefined;
    this.#member.leave();
    this.#assign([], false);
    this.#onClose(this);
    this.#serve();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #fail(error: unknown): void {
    this.#error = error;
    this.#closed = true;
    this.#assign([], false);
    this.#onClose(this);
    this.#serve();
  }

  /** What was handed out is done: a rebalance need not wait any longer. */
  #settle(): void {
    this.#held = undefined;
    this.#member.follow();
  }

  #assign(assignment: readonly TopicPartitions[], keeps: boolean): void {
    const next = new Set<string>();
    for (const { topic, partitions } of assignment) for (const index of partitions) next.add(`${topic}/${index}`);
    for (const [place, { reader, unwatch }] of this.#readers) {
      const { partition } = reader;
      if (keeps && next.has(place) && partition === this.#cluster.partition(partition.home.name, partition.index)) {
        continue;
      }
      unwatch();
      this.#readers.delete(place);
    }
    for (const { topic, partitions } of assignment) for (const index of partitions) this.#open(topic, index);
    this.#serve();
  }

  #open(topic: string, index: number): void {
    const place = `${topic}/${index}`;
    const partition = this.#cluster.partition(topic, index);
    if (!partition || this.#readers.has(place)) return;
    const { log } = partition;
    const committed = this.#groups.offsets(this.groupId)?.get(topic, index)?.offset;
    const first = this.#options.from === 'latest' ? log.highWatermark : log.logStart;
    const reader = new LogReader(partition, Math.min(committed ?? first, log.logEnd), {
      committed: this.#options.committed ?? true,
      maxBytes: this.#context.limits.kafkaDecompressedBytes,
    });
    this.#readers.set(place, { reader, unwatch: partition.watch(() => this.#serve()) });
  }

  /** Gives records to those who wait, one partition after the other. */
  #serve(): void {
    while (this.#waiters.length > 0) {
      let record: ConsumedRecord | undefined;
      try {
        if (!this.#closed) record = this.#read();
      } catch (error) {
        this.#waiters.shift()?.reject(error);
        continue;
      }
      if (!record && !this.#closed) return;
      const waiter = this.#waiters.shift() as Waiter;
      if (record) waiter.resolve({ done: false, value: record });
      else if (this.#error) waiter.reject(this.#error);
      else waiter.resolve({ done: true, value: undefined });
    }
  }

  /** Nothing is read while the group decides who reads what. */
  #read(): ConsumedRecord | undefined {
    if (!this.#member.settled) return undefined;
    const readers = [...this.#readers.values()];
    for (let tries = 0; tries < readers.length; tries++) {
      const at = (this.#turn + tries) % readers.length;
      const record = readers[at]?.reader.next();
      if (!record) continue;
      this.#turn = at;
      this.#held = new ConsumedRecord(record, this);
      const { journal } = this.#context;
      if (journal.on) {
        const { topic: to, partition, offset } = record;
        journal.record('kafka', 'delivered', { to, partition, offset, receiver: this.groupId });
      }
      return this.#held;
    }
    return undefined;
  }
}
