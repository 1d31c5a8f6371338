import { checkLimit } from '../../core/limits.js';
import type { ModelContext } from '../../core/model.js';
import type { Config } from './config.js';
import { ClassicGroup } from './consumer-group.js';
import { KafkaError } from './errors.js';
import type { ClassicGroupContext } from './group-rebalance.js';
import type { ClassicGroupRecord } from './group-roster.js';
import { GroupSettings } from './group-settings.js';
import { ModernGroup, type ModernGroupContext, type ModernGroupRecord } from './modern-group.js';
import { GroupOffsets, type OffsetsRecord } from './offsets.js';
import { TopicPattern } from './topic-pattern.js';

/** What the coordinators need of the cluster. */
export interface CoordinatedCluster {
  readonly config: Config;
  topic(name: string): CoordinatedTopic | undefined;
  topicById(id: string): CoordinatedTopic | undefined;
  readonly topics: ReadonlyMap<string, CoordinatedTopic>;
  /** The node that coordinates a group or a transactional id, -1 while there is none. */
  coordinatorOf(kind: 'group' | 'transaction', key: string): number;
  /** Tells about topics after the change; returns a function that stops. */
  onTopicChange(listener: (topic: CoordinatedTopic, change: string) => void): () => void;
}

export interface CoordinatedTopic {
  readonly id: string;
  readonly name: string;
  readonly partitions: readonly unknown[];
}

/** A group over a restart, and in a snapshot. */
export interface GroupRecord {
  readonly id: string;
  readonly classic: ClassicGroupRecord | undefined;
  readonly modern: ModernGroupRecord | undefined;
  readonly offsets: OffsetsRecord;
}

export type Group = ClassicGroup | ModernGroup;

export interface GroupEntry {
  group: Group;
  readonly offsets: GroupOffsets;
  /** The node that coordinates it. */
  home: number;
}

/** The groups there are, with their offsets: makes, finds, keeps and drops them. */
export class GroupTable {
  /** Of the groups of the newer protocol. */
  readonly settings: GroupSettings;
  readonly #context: ModelContext;
  readonly #cluster: CoordinatedCluster;
  readonly #groups = new Map<string, GroupEntry>();
  readonly #listeners = new Set<(groupId: string) => void>();
  readonly #classicContext: ClassicGroupContext;
  readonly #modernContext: ModernGroupContext;

  constructor(context: ModelContext, cluster: CoordinatedCluster) {
    this.#context = context;
    this.#cluster = cluster;
    this.settings = new GroupSettings(cluster.config);
    this.#classicContext = this.#createClassicContext();
    this.#modernContext = this.#createModernContext();
  }

  #createClassicContext(): ClassicGroupContext {
    const { clock, outbox, random, limits } = this.#context;
    const { config } = this.#cluster;
    return {
      clock,
      outbox,
      random,
      get initialRebalanceDelayMs() {
        return config.number('group.initial.rebalance.delay.ms');
      },
      get maxSize() {
        return Math.min(config.number('group.max.size'), limits.groupMemberCount);
      },
      changed: (group, rebalanced) => this.#changed(group, rebalanced),
    };
  }

  #createModernContext(): ModernGroupContext {
    const { clock, outbox, random, limits } = this.#context;
    const cluster = this.#cluster;
    const { config } = cluster;
    return {
      clock,
      outbox,
      random,
      sessionTimeoutMs: (groupId) => this.settings.number(groupId, 'consumer.session.timeout.ms'),
      heartbeatIntervalMs: (groupId) => this.settings.number(groupId, 'consumer.heartbeat.interval.ms'),
      get maxSize() {
        return Math.min(config.number('group.consumer.max.size'), limits.groupMemberCount);
      },
      get assignors() {
        return config.list('group.consumer.assignors');
      },
      topic: (name) => {
        const topic = cluster.topic(name);
        return topic && { id: topic.id, partitionCount: topic.partitions.length };
      },
      topicName: (id) => cluster.topicById(id)?.name,
      matchingTopics: (pattern) => {
        const matcher = new TopicPattern(pattern, limits);
        return [...cluster.topics.keys()].filter((topic) => matcher.matches(topic));
      },
      changed: (group, rebalanced) => this.#changed(group, rebalanced),
    };
  }

  get(groupId: string): GroupEntry | undefined {
    return this.#groups.get(groupId);
  }

  [Symbol.iterator](): IterableIterator<[groupId: string, entry: GroupEntry]> {
    return this.#groups.entries();
  }

  newClassic(groupId: string): ClassicGroup {
    return new ClassicGroup(groupId, this.#classicContext);
  }

  newModern(groupId: string): ModernGroup {
    return new ModernGroup(groupId, this.#modernContext);
  }

  /** A group that only exists so far: a classic one without members. @throws BrokerError when there are too many */
  create(groupId: string): GroupEntry {
    checkLimit(this.#context.limits, 'entityCount', this.#groups.size + 1, `group '${groupId}'`);
    const entry: GroupEntry = {
      group: this.newClassic(groupId),
      offsets: new GroupOffsets(),
      home: this.#cluster.coordinatorOf('group', groupId),
    };
    this.#groups.set(groupId, entry);
    return entry;
  }

  drop(groupId: string): void {
    this.#groups.get(groupId)?.group.die();
    this.#groups.delete(groupId);
    this.tell(groupId);
  }

  /** @throws KafkaError GROUP_ID_NOT_FOUND */
  existing(groupId: string): GroupEntry {
    const entry = this.#groups.get(groupId);
    if (entry) return entry;
    throw new KafkaError('GROUP_ID_NOT_FOUND', `Consumer group ${groupId} not found.`);
  }

  notFound(groupId: string, why: string): KafkaError {
    return new KafkaError('GROUP_ID_NOT_FOUND', `Group ${groupId} ${why}`);
  }

  /** @throws KafkaError INVALID_GROUP_ID, NOT_COORDINATOR */
  checkHome(groupId: string, nodeId: number | undefined): void {
    if (groupId === '') throw new KafkaError('INVALID_GROUP_ID', 'the name of a group is empty; set group.id');
    this.checkNode(groupId, nodeId);
  }

  /** Offsets may have a group without a name, as in the days of old. @throws KafkaError NOT_COORDINATOR */
  checkNode(groupId: string, nodeId: number | undefined): void {
    if (nodeId === undefined) return;
    const home = this.#cluster.coordinatorOf('group', groupId);
    if (home === nodeId) return;
    throw new KafkaError('NOT_COORDINATOR', `node ${nodeId} does not coordinate group '${groupId}'; node ${home} does`);
  }

  /** Calls `listener` with the id of a group after its state, members or offsets have changed. */
  onChange(listener: (groupId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(groupId: string): void {
    for (const listener of this.#listeners) this.#context.outbox.post(listener, groupId);
  }

  #changed(group: Group, rebalanced: boolean): void {
    const { journal } = this.#context;
    if (rebalanced && journal.on) {
      journal.record('kafka', 'rebalanced', { receiver: group.id, count: group.members.size });
    }
    this.tell(group.id);
  }

  /** Nodes came or went: groups whose coordinator is another one now are read again by it. */
  nodesChanged(): void {
    this.#context.outbox.run(() => {
      for (const [groupId, entry] of this.#groups) {
        const home = this.#cluster.coordinatorOf('group', groupId);
        if (home === entry.home) continue;
        entry.home = home;
        this.#reload(groupId, entry);
      }
    });
  }

  /** As after a restart of every node: the last complete generations and the offsets stay, what waits is lost. */
  restart(): void {
    this.#context.outbox.run(() => {
      for (const [groupId, entry] of this.#groups) this.#reload(groupId, entry);
    });
  }

  #reload(groupId: string, entry: GroupEntry): void {
    const { group } = entry;
    group.suspend();
    if (group.type === 'consumer') entry.group = this.#loadModern(groupId, group.record);
    else if (group.record) entry.group = this.#loadClassic(groupId, group.record);
    else if (entry.offsets.empty) this.#groups.delete(groupId);
    else entry.group = this.newClassic(groupId);
    this.tell(groupId);
  }

  #loadClassic(groupId: string, record: ClassicGroupRecord): ClassicGroup {
    const group = this.newClassic(groupId);
    group.load(record);
    return group;
  }

  #loadModern(groupId: string, record: ModernGroupRecord): ModernGroup {
    const group = this.newModern(groupId);
    group.load(record);
    return group;
  }

  snapshot(): readonly GroupRecord[] {
    return [...this.#groups].map(([id, { group, offsets }]) => ({
      id,
      classic: group.type === 'classic' ? group.record : undefined,
      modern: group.type === 'consumer' ? group.record : undefined,
      offsets: offsets.toRecord(),
    }));
  }

  load(records: readonly GroupRecord[]): void {
    this.#context.outbox.run(() => {
      this.clear();
      for (const { id, classic, modern, offsets } of records) {
        const entry = this.create(id);
        if (classic) entry.group = this.#loadClassic(id, classic);
        if (modern) entry.group = this.#loadModern(id, modern);
        entry.offsets.load(offsets);
      }
    });
  }

  clear(): void {
    for (const groupId of [...this.#groups.keys()]) this.drop(groupId);
  }

  busy(): string[] {
    return [...this.#groups].filter(([, { group }]) => group.rebalancing).map(([id]) => `group '${id}' is rebalancing`);
  }

  close(): void {
    for (const { group } of this.#groups.values()) group.suspend();
  }
}
