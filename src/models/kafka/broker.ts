import type { BrokerModel, ModelContext } from '../../core/model.js';
import { AclStore } from './acl.js';
import { Cluster, type TopicSpec } from './cluster.js';
import { type Config, createBrokerConfig, type KafkaOptions } from './config.js';
import { ConfigAdmin } from './config-admin.js';
import { KafkaError, type KafkaErrorCode } from './errors.js';
import { FetchService } from './fetch.js';
import { FetchSessions } from './fetch-session.js';
import { GroupCoordinator } from './group-coordinator.js';
import { GroupHandle } from './group-handle.js';
import { Housekeeping } from './housekeeping.js';
import { type FoundOffset, findOffset } from './list-offsets.js';
import { localLog } from './local-log.js';
import { requirePartition } from './log-reader.js';
import { type ConsumerOptions, KafkaConsumer } from './native-consumer.js';
import { NativeProducer, type PartitionExplanation, type ProduceInput, type RecordPlace } from './native-producer.js';
import type { Partition } from './partition.js';
import { type Kept, Persistence } from './persistence.js';
import { ProduceService } from './produce.js';
import { Reassignments } from './reassignment.js';
import { ScramCredentials } from './scram-credentials.js';
import type { LogStorage } from './storage.js';
import type { Topic } from './topic.js';
import { TopicAdmin } from './topic-admin.js';
import { TopicHandle } from './topic-handle.js';
import { checkTopicName } from './topic-name.js';
import { TransactionCoordinator } from './transaction-coordinator.js';

/** Which offset a client wants to know. */
export interface OffsetQuery {
  readonly nodeId: number;
  readonly topic: string;
  readonly partition: number;
  /** -1 is not checked. */
  readonly leaderEpoch: number;
  /** Milliseconds since 1970, or one of `SPECIAL_TIMESTAMPS`. */
  readonly timestampMs: number;
  /** Up to the last stable offset only. */
  readonly committed: boolean;
}

/** Partitioned append-log with consumer offsets. */
export class KafkaBroker implements BrokerModel {
  readonly context: ModelContext;
  readonly options: KafkaOptions;
  readonly config: Config;
  readonly cluster: Cluster;
  readonly groups: GroupCoordinator;
  readonly transactions: TransactionCoordinator;
  readonly produceService: ProduceService;
  readonly fetchService: FetchService;
  /** By node. */
  readonly #fetchSessions = new Map<number, FetchSessions>();
  readonly admin: TopicAdmin;
  readonly configAdmin: ConfigAdmin;
  readonly acls: AclStore;
  readonly scramCredentials: ScramCredentials;
  readonly reassignments: Reassignments;
  readonly #housekeeping: Housekeeping;
  /** Beside the topics, by name in a snapshot. */
  readonly #kept: ReadonlyMap<string, Kept>;
  readonly #persistence: Persistence | undefined;
  readonly #producer: NativeProducer;
  readonly #handles = new Map<string, TopicHandle>();
  readonly #consumers = new Set<KafkaConsumer>();

  /** @param storage where records are kept beyond the life of the process */
  constructor(context: ModelContext, options: KafkaOptions = {}, storage?: LogStorage) {
    this.context = context;
    this.options = options;
    this.config = createBrokerConfig(options, () => this.cluster.configChanged());
    this.cluster = new Cluster(context, this.config, options);
    this.groups = new GroupCoordinator(context, this.cluster);
    this.transactions = new TransactionCoordinator(context, this.cluster, this.groups, options.markerDelayMs);
    this.produceService = new ProduceService(context, this.cluster, this.transactions);
    this.fetchService = new FetchService(context, this.cluster);
    this.#producer = new NativeProducer(context);
    this.#housekeeping = new Housekeeping(context, this.cluster);
    this.cluster.onSegmentBegun = () => this.#housekeeping.wake();
    this.admin = new TopicAdmin(context, this.cluster);
    const changed = () => this.#persistence?.wake();
    this.configAdmin = new ConfigAdmin(context, this.cluster, this.groups.settings, () => {
      this.#housekeeping.wake();
      changed();
    });
    this.scramCredentials = new ScramCredentials(context.limits, changed);
    this.reassignments = new Reassignments(context, this.cluster);
    this.acls = new AclStore(options.authorizer, context.limits, changed);
    this.#kept = new Map<string, Kept>([
      ['groups', this.groups],
      ['transactions', this.transactions],
      ['nodeSettings', this.configAdmin],
      ['acls', this.acls],
      ['scramCredentials', this.scramCredentials],
      ['reassignments', this.reassignments],
      ['groupSettings', this.groups.settings],
    ]);
    if (storage) this.#persistence = this.#openStorage(storage);
  }

  #openStorage(storage: LogStorage): Persistence {
    const persistence = new Persistence(this.context, this.cluster, this.#kept, storage);
    this.context.outbox.run(() => {
      persistence.load();
      for (const part of this.#parts) part.restart();
    });
    this.cluster.onPartitionChanged = () => persistence.wake();
    this.cluster.onTopicChange(() => persistence.wake());
    this.groups.onChange(() => persistence.wake());
    this.transactions.onChanged = () => persistence.wake();
    this.#housekeeping.wake();
    return persistence;
  }

  /** Writes to `dataDir` what is not there yet: nothing of it is lost any more, whatever happens to the process. */
  flush(): void {
    this.#persistence?.flush();
  }

  get #parts(): readonly BrokerModel[] {
    return [this.groups, this.transactions];
  }

  /** @throws KafkaError TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION, INVALID_PARTITIONS, INVALID_CONFIG, … */
  createTopic(name: string, spec: TopicSpec = {}): TopicHandle {
    this.context.outbox.run(() => this.cluster.createTopic(name, spec));
    return this.topic(name);
  }

  /**
   * Appends a record, or several of which all or none are taken. A topic that does not exist is made, when
   * `auto.create.topics.enable` says so.
   *
   * @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE, NOT_ENOUGH_REPLICAS, MESSAGE_TOO_LARGE
   */
  produce(topic: string, input: ProduceInput): RecordPlace;
  produce(topic: string, inputs: readonly ProduceInput[]): RecordPlace[];
  produce(topic: string, input: ProduceInput | readonly ProduceInput[]): RecordPlace | RecordPlace[] {
    const target = this.cluster.topic(topic) ?? this.#createMissing(topic);
    if (Array.isArray(input)) return this.context.outbox.run(() => this.#producer.produceAll(target, input));
    return this.#producer.produce(target, input as ProduceInput);
  }

  #createMissing(topic: string): Topic {
    if (this.config.flag('auto.create.topics.enable')) return this.cluster.createTopic(topic);
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic '${topic}'; create it first`);
  }

  /** Where a record would go, and why. @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION */
  explain(topic: string, input: ProduceInput): PartitionExplanation {
    const target = this.cluster.topic(topic);
    if (target) return this.#producer.explain(target, input);
    throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic '${topic}'; create it first`);
  }

  /** A topic to look at; it need not exist yet. The same handle for the same name. */
  topic(name: string): TopicHandle {
    let handle = this.#handles.get(name);
    if (!handle) {
      handle = new TopicHandle(this.context, this.cluster, name);
      this.#handles.set(name, handle);
    }
    return handle;
  }

  /**
   * A consumer in a group, beside those on the wire. It joins at once; `close` or the end of its loop leaves the group.
   *
   * @param topics names; topics that do not exist yet are read as soon as they do
   * @throws KafkaError INVALID_GROUP_ID, INCONSISTENT_GROUP_PROTOCOL when the group has nothing in common with it
   */
  consumer(groupId: string, topics: readonly string[], options: ConsumerOptions = {}): KafkaConsumer {
    const forget = (closed: KafkaConsumer) => void this.#consumers.delete(closed);
    const consumer = new KafkaConsumer(this.context, this.cluster, this.groups, groupId, topics, options, forget);
    this.#consumers.add(consumer);
    return consumer;
  }

  /** A consumer group to look at and to wait for; it need not exist yet. */
  group(groupId: string): GroupHandle {
    return new GroupHandle(this.context, this.cluster, this.groups, groupId);
  }

  /** @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION */
  partition(topic: string, index: number): Partition {
    return requirePartition(this.cluster.partition(topic, index), topic, index);
  }

  /** A partition that a node leads. @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER */
  leaderPartition(topic: string, index: number, nodeId: number): Partition {
    const partition = this.partition(topic, index);
    partition.checkLeader(nodeId);
    return partition;
  }

  /** The fetch sessions of a node. */
  fetchSessions(nodeId: number): FetchSessions {
    let sessions = this.#fetchSessions.get(nodeId);
    if (!sessions) {
      sessions = new FetchSessions(this.context, () => this.config.number('max.incremental.fetch.session.cache.slots'));
      this.#fetchSessions.set(nodeId, sessions);
    }
    return sessions;
  }

  /** Finds an offset by time, as a client asks one node. @throws KafkaError */
  listOffset(asked: OffsetQuery): FoundOffset {
    const partition = this.partition(asked.topic, asked.partition);
    localLog(partition, asked);
    return findOffset(partition, asked.timestampMs, asked.committed, this.context.limits.kafkaDecompressedBytes);
  }

  /**
   * What happens when a client asks for a topic that does not exist: it may be made, and the client, who is told that
   * it does not exist, finds it when it asks again.
   */
  autoCreateTopic(name: string, allowed: boolean): { readonly created?: Topic; readonly error: KafkaErrorCode } {
    try {
      checkTopicName(name);
      if (!allowed || !this.config.flag('auto.create.topics.enable')) return { error: 'UNKNOWN_TOPIC_OR_PARTITION' };
      const created = this.cluster.createTopic(name);
      return this.options.autoCreate === 'immediate'
        ? { created, error: 'UNKNOWN_TOPIC_OR_PARTITION' }
        : { error: 'UNKNOWN_TOPIC_OR_PARTITION' };
    } catch (error) {
      if (error instanceof KafkaError) return { error: error.code };
      throw error;
    }
  }

  /** Deletes at once what retention lets go; by itself it runs every `log.retention.check.interval.ms`. */
  runRetention(): void {
    this.context.outbox.run(() => this.#housekeeping.runRetention());
  }

  /** Compacts at once, however little there is to gain; by itself it runs every `log.cleaner.backoff.ms`. */
  runCompaction(): void {
    this.context.outbox.run(() => this.#housekeeping.runCompaction(true));
  }

  restart(): void {
    this.#fetchSessions.clear();
    for (const part of this.#parts) part.restart();
  }

  reset(): void {
    this.#housekeeping.stop();
    this.cluster.clear();
    this.config.replace(new Map());
    this.configAdmin.reset();
    this.groups.settings.reset();
    this.acls.reset();
    this.scramCredentials.reset();
    for (const part of this.#parts) part.reset();
    this.#persistence?.wake();
  }

  snapshot(): unknown {
    return new Map<string, unknown>([
      ['cluster', this.cluster.snapshot()],
      ...[...this.#kept].map(([name, part]) => [name, part.snapshot()] as const),
    ]);
  }

  restore(state: unknown): void {
    const parts = state as ReadonlyMap<string, unknown>;
    this.context.outbox.run(() => this.cluster.restore(parts.get('cluster')));
    for (const [name, part] of this.#kept) part.restore(parts.get(name));
    this.#housekeeping.wake();
    this.#persistence?.wake();
  }

  /** A node crashed. */
  stopNode(nodeId: number): void {
    this.context.outbox.run(() => {
      this.cluster.stopNode(nodeId);
      this.groups.nodesChanged();
      this.transactions.nodesChanged();
    });
    this.#housekeeping.wake();
  }

  /** A node is back. */
  startNode(nodeId: number): void {
    this.context.outbox.run(() => {
      this.cluster.startNode(nodeId);
      this.reassignments.nodeStarted();
      this.groups.nodesChanged();
      this.transactions.nodesChanged();
    });
    this.#housekeeping.wake();
  }

  busy(): string[] {
    return this.#parts.flatMap((part) => part.busy());
  }

  close(): void {
    this.#persistence?.flush();
    for (const consumer of this.#consumers) consumer.close();
    this.#housekeeping.stop();
    this.reassignments.clear();
    for (const part of this.#parts) part.close();
  }
}
