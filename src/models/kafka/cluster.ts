import { checkLimit } from '../../core/limits.js';
import type { ModelContext } from '../../core/model.js';
import { loadTopic, saveTopic, type TopicState } from './cluster-snapshot.js';
import type { Config, KafkaOptions } from './config.js';
import { KafkaError } from './errors.js';
import { javaHash } from './java-hash.js';
import { NO_LEADER, type Nodes, type Partition } from './partition.js';
import { checkEnoughNodes, checkFactor, checkPlacement, checkReplicas, spreadReplicas } from './replica-placement.js';
import { Topic } from './topic.js';
import { checkTopicName, collisionKey, isInternalTopic, OFFSETS_TOPIC, TRANSACTIONS_TOPIC } from './topic-name.js';
import { checkTopicSettings } from './topic-settings.js';

/** One broker of the cluster. */
export interface Node {
  readonly id: number;
  readonly rack: string | null;
  alive: boolean;
}

/** What a new topic shall be. */
export interface TopicSpec {
  /** Default: `num.partitions`. */
  readonly partitions?: number | undefined;
  /** Default: `default.replication.factor`. */
  readonly replicationFactor?: number | undefined;
  /** Nodes of each partition, instead of both numbers. */
  readonly assignments?: ReadonlyArray<readonly number[]> | undefined;
  readonly config?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** What happened to a topic. `partitions-added` also tells that a topic is new. */
export type TopicChange = 'created' | 'partitions-added' | 'deleted';

/**
 * The nodes, the topics and who leads their partitions: what the controller of a Kafka cluster decides.
 */
export class Cluster implements Nodes {
  readonly clusterId: string;
  readonly nodes: readonly Node[];
  readonly config: Config;
  readonly #context: ModelContext;
  readonly #topics = new Map<string, Topic>();
  readonly #byId = new Map<string, Topic>();
  readonly #listeners = new Set<(topic: Topic, change: TopicChange) => void>();
  #placed = 0;

  constructor(context: ModelContext, config: Config, options: Pick<KafkaOptions, 'nodes' | 'firstNodeId' | 'racks'>) {
    this.#context = context;
    this.config = config;
    const { nodes = 1, firstNodeId = 1, racks = [] } = options;
    this.nodes = Array.from({ length: nodes }, (_, at) => ({
      id: firstNodeId + at,
      rack: racks[at] ?? null,
      alive: true,
    }));
    this.clusterId = Buffer.from(context.random.bytes(16)).toString('base64url');
  }

  /** In the order of their creation. */
  get topics(): ReadonlyMap<string, Topic> {
    return this.#topics;
  }

  topic(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  topicById(id: string): Topic | undefined {
    return this.#byId.get(id);
  }

  partition(topic: string, index: number): Partition | undefined {
    return this.#topics.get(topic)?.partitions[index];
  }

  /** Tells about topics, after the change. Returns a function that stops. */
  onTopicChange(listener: (topic: Topic, change: TopicChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(topic: Topic, change: TopicChange): void {
    for (const listener of this.#listeners) listener(topic, change);
  }

  /** A setting of the cluster has changed: what topics inherit is read again. */
  configChanged(): void {
    for (const topic of this.#topics.values()) topic.config.refresh();
  }

  node(nodeId: number): Node | undefined {
    return this.nodes[nodeId - (this.nodes[0] as Node).id];
  }

  get liveNodes(): Node[] {
    return this.nodes.filter((node) => node.alive);
  }

  /** The node that clients send admin requests to: the first one that is up. */
  get controller(): number {
    return this.nodes.find((node) => node.alive)?.id ?? -1;
  }

  isAlive(nodeId: number): boolean {
    return this.node(nodeId)?.alive ?? false;
  }

  get replicaLagMs(): number {
    return this.config.number('replica.lag.time.max.ms');
  }

  /**
   * Checks a topic that is to be made.
   *
   * @returns the nodes of its partitions
   * @throws KafkaError
   */
  checkNewTopic(name: string, spec: TopicSpec): ReadonlyArray<readonly number[]> {
    this.checkNewName(name);
    const config = Object.entries(spec.config ?? {}).map(([setting, value]) => [setting, String(value)] as const);
    checkTopicSettings(new Map(config), this.config);
    if (!spec.assignments) return this.#place(name, spec);
    checkPlacement(this.nodes, spec.assignments, 0);
    return spec.assignments;
  }

  /** @throws KafkaError INVALID_TOPIC_EXCEPTION, TOPIC_ALREADY_EXISTS; BrokerError when there are too many topics */
  checkNewName(name: string): void {
    checkTopicName(name);
    if (this.#topics.has(name)) throw new KafkaError('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`);
    const key = collisionKey(name);
    for (const other of this.#topics.keys()) {
      if (collisionKey(other) === key) {
        throw new KafkaError('INVALID_TOPIC_EXCEPTION', `Topic '${name}' collides with existing topic: ${other}`);
      }
    }
    checkLimit(this.#context.limits, 'entityCount', this.#topics.size + 1, `topic '${name}'`);
  }

  #place(name: string, spec: TopicSpec): number[][] {
    const count = spec.partitions ?? this.config.number('num.partitions');
    const factor = spec.replicationFactor ?? this.config.number('default.replication.factor');
    checkFactor(factor);
    this.checkPartitionCount(name, count);
    checkEnoughNodes(factor, this.nodes.length);
    return spreadReplicas(this.nodes, count, factor, this.#placed);
  }

  /** @throws KafkaError INVALID_PARTITIONS */
  checkPartitionCount(name: string, count: number): void {
    const most = this.#context.limits.kafkaPartitionCount;
    if (Number.isInteger(count) && count >= 1 && count <= most) return;
    throw new KafkaError(
      'INVALID_PARTITIONS',
      count > most
        ? `limits.kafkaPartitionCount (${most}) exceeded by topic '${name}' with ${count} partitions`
        : 'Number of partitions was set to an invalid non-positive value.',
    );
  }

  /** @throws KafkaError INVALID_REPLICA_ASSIGNMENT */
  checkAssignments(assignments: ReadonlyArray<readonly number[]>, size?: number): void {
    checkReplicas(this.nodes, assignments, size);
  }

  /** @throws KafkaError TOPIC_ALREADY_EXISTS, INVALID_TOPIC_EXCEPTION, INVALID_PARTITIONS, INVALID_CONFIG, … */
  createTopic(name: string, spec: TopicSpec = {}): Topic {
    const assignments = this.checkNewTopic(name, spec);
    this.#placed += assignments.length;
    const topic = new Topic(this.#context, this, this.config, name, this.#context.random.uuid(), isInternalTopic(name));
    for (const [setting, value] of Object.entries(spec.config ?? {})) topic.config.set(setting, value);
    for (const replicas of assignments) topic.addPartition(replicas);
    this.#topics.set(name, topic);
    this.#byId.set(topic.id, topic);
    this.#tell(topic, 'created');
    return topic;
  }

  /** Adds partitions up to `count`. @throws KafkaError INVALID_PARTITIONS, INVALID_REPLICA_ASSIGNMENT */
  addPartitions(
    topic: Topic,
    count: number,
    assignments: ReadonlyArray<readonly number[]> | null,
    validateOnly = false,
  ): void {
    const before = topic.partitions.length;
    if (count <= before) {
      const found =
        count === before
          ? `Topic already has ${before} partition(s).`
          : `The topic ${topic.name} currently has ${before} partition(s); ${count} would not be an increase.`;
      throw new KafkaError('INVALID_PARTITIONS', found);
    }
    this.checkPartitionCount(topic.name, count);
    if (assignments && assignments.length !== count - before) {
      throw new KafkaError(
        'INVALID_REPLICA_ASSIGNMENT',
        `Attempted to add ${count - before} additional partition(s), but only ${assignments.length} assignment(s) were specified.`,
      );
    }
    const factor = topic.partitions[0]?.replicas.length ?? 1;
    if (assignments) checkPlacement(this.nodes, assignments, before, factor);
    else checkEnoughNodes(factor, this.nodes.length);
    const planned = assignments ?? spreadReplicas(this.nodes, count - before, factor, this.#placed);
    if (validateOnly) return;
    this.#placed += planned.length;
    for (const replicas of planned) topic.addPartition(replicas);
    this.#tell(topic, 'partitions-added');
  }

  /** @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION */
  deleteTopic(name: string): void {
    const topic = this.#topics.get(name);
    if (!topic) throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic '${name}'`);
    this.#topics.delete(name);
    this.#byId.delete(topic.id);
    for (const partition of topic.partitions) {
      partition.deleted = true;
      partition.changed();
    }
    this.#tell(topic, 'deleted');
  }

  /** The offsets or the transactions topic, made when first needed. */
  internalTopic(name: typeof OFFSETS_TOPIC | typeof TRANSACTIONS_TOPIC): Topic {
    const known = this.#topics.get(name);
    if (known) return known;
    const prefix = name === OFFSETS_TOPIC ? 'offsets.topic' : 'transaction.state.log';
    return this.createTopic(name, {
      partitions: this.config.number(`${prefix}.num.partitions`),
      replicationFactor: Math.min(this.config.number(`${prefix}.replication.factor`), this.liveNodes.length),
      config: { 'cleanup.policy': 'compact', 'compression.type': 'producer' },
    });
  }

  /** The node that coordinates a group or a transactional id, -1 while there is none. */
  coordinatorOf(kind: 'group' | 'transaction', key: string): number {
    const topic = this.internalTopic(kind === 'group' ? OFFSETS_TOPIC : TRANSACTIONS_TOPIC);
    return topic.partitions[this.coordinatorPartition(kind, key)]?.leader ?? NO_LEADER;
  }

  /** The partition of the internal topic whose leader coordinates a group or a transactional id. */
  coordinatorPartition(kind: 'group' | 'transaction', key: string): number {
    const topic = this.internalTopic(kind === 'group' ? OFFSETS_TOPIC : TRANSACTIONS_TOPIC);
    const hash = javaHash(key);
    // Two ways to lose the sign, as Kafka has them.
    const positive = kind === 'transaction' ? hash & 0x7fffffff : hash === -0x80000000 ? 0 : Math.abs(hash);
    return positive % topic.partitions.length;
  }

  stopNode(nodeId: number): void {
    const node = this.node(nodeId);
    if (!node?.alive) return;
    node.alive = false;
    for (const topic of this.#topics.values()) {
      for (const partition of topic.partitions) {
        partition.leaveIsr(nodeId);
        if (partition.leader === nodeId) this.#elect(partition);
      }
    }
  }

  startNode(nodeId: number): void {
    const node = this.node(nodeId);
    if (!node || node.alive) return;
    node.alive = true;
    for (const topic of this.#topics.values()) {
      for (const partition of topic.partitions) {
        if (!partition.replicas.includes(nodeId)) continue;
        if (partition.leader === NO_LEADER) this.#elect(partition);
        else partition.resumeReplica(nodeId);
      }
    }
  }

  /** The first live in-sync replica leads; any live one when the topic allows it. */
  #elect(partition: Partition): void {
    const live = partition.replicas.filter((node) => this.isAlive(node));
    const next = live.find((node) => partition.isr.includes(node));
    const leader = next ?? (partition.home.settings.uncleanElection ? live[0] : undefined) ?? NO_LEADER;
    if (leader !== partition.leader) partition.lead(leader);
    if (leader === NO_LEADER) return;
    for (const node of live) partition.joinIsr(node);
  }

  /** Whether the preferred replica of a partition could lead and does not. */
  static isMisplaced(partition: Partition): boolean {
    const [preferred] = partition.replicas;
    return preferred !== undefined && partition.leader !== preferred && partition.isr.includes(preferred);
  }

  /** Gives every partition back to its preferred replica, where that is in sync. */
  electPreferredLeaders(): void {
    for (const topic of this.#topics.values()) {
      for (const partition of topic.partitions) {
        const [preferred] = partition.replicas;
        if (preferred !== undefined && this.isAlive(preferred) && Cluster.isMisplaced(partition))
          partition.lead(preferred);
      }
    }
  }

  /** Makes the preferred replica of a partition its leader. @throws KafkaError ELECTION_NOT_NEEDED, … */
  electPreferred(partition: Partition): void {
    const preferred = partition.replicas[0] as number;
    if (partition.leader === preferred) {
      throw new KafkaError('ELECTION_NOT_NEEDED', 'Leader election not needed for topic partition.');
    }
    if (!this.isAlive(preferred) || !partition.isr.includes(preferred)) {
      throw new KafkaError('PREFERRED_LEADER_NOT_AVAILABLE', 'The preferred leader was not available.');
    }
    partition.lead(preferred);
  }

  /** Makes any live replica the leader of a partition that has none. @throws KafkaError ELECTION_NOT_NEEDED, … */
  electUnclean(partition: Partition): void {
    if (partition.leader !== NO_LEADER) {
      throw new KafkaError('ELECTION_NOT_NEEDED', 'Leader election not needed for topic partition.');
    }
    const live = partition.replicas.filter((node) => this.isAlive(node));
    const next = live.find((node) => partition.isr.includes(node)) ?? live[0];
    if (next === undefined) {
      throw new KafkaError('ELIGIBLE_LEADERS_NOT_AVAILABLE', 'Eligible topic partition leaders are not available.');
    }
    partition.lead(next);
    for (const node of live) partition.joinIsr(node);
  }

  /** Moves a partition to other nodes, at once. @throws KafkaError INVALID_REPLICA_ASSIGNMENT */
  reassign(partition: Partition, replicas: readonly number[]): void {
    this.checkAssignments([replicas]);
    if (!replicas.some((node) => this.isAlive(node))) {
      throw new KafkaError('INVALID_REPLICA_ASSIGNMENT', `none of the nodes [${replicas.join(', ')}] is up`);
    }
    partition.reassign(replicas);
  }

  /** Called when a log begins a segment: from then on there may be something to clean up. */
  onSegmentBegun: () => void = () => {};
  /** Called after each change of a partition. */
  onPartitionChanged: (() => void) | undefined;

  snapshot(): unknown {
    return new Map<string, unknown>([
      ['placed', this.#placed],
      ['config', new Map(this.config.overrides)],
      ['topics', [...this.#topics.values()].map(saveTopic)],
    ]);
  }

  /** Which nodes are up stays as it is; partitions get leaders that are. */
  restore(state: unknown): void {
    const fields = state as ReadonlyMap<string, unknown>;
    const saved = (fields.get('topics') as readonly unknown[]).map(loadTopic);
    const ids = new Set(saved.map(({ id }) => id));
    for (const topic of [...this.#topics.values()]) if (!ids.has(topic.id)) this.deleteTopic(topic.name);
    this.#placed = fields.get('placed') as number;
    this.config.replace(fields.get('config') as ReadonlyMap<string, string>);
    for (const state of saved) this.restoreTopic(state);
  }

  /** Puts a topic back as it was. */
  restoreTopic(state: TopicState): void {
    const known = this.#byId.get(state.id);
    const topic =
      known ?? new Topic(this.#context, this, this.config, state.name, state.id, isInternalTopic(state.name));
    topic.config.replace(state.config);
    topic.dropPartitions(state.partitions.length);
    for (const [index, partitionState] of state.partitions.entries()) {
      const partition = topic.partitions[index] ?? topic.addPartition(partitionState.replicas);
      partition.restore(partitionState);
      if (partition.leader === NO_LEADER || !this.isAlive(partition.leader)) this.#elect(partition);
    }
    this.#topics.set(topic.name, topic);
    this.#byId.set(topic.id, topic);
    this.#tell(topic, known ? 'partitions-added' : 'created');
  }

  clear(): void {
    for (const name of [...this.#topics.keys()]) this.deleteTopic(name);
    this.#placed = 0;
  }
}
