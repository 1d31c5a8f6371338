import type { Timer } from '../../core/clock.js';
import { checkLimit } from '../../core/limits.js';
import type { BrokerModel, ModelContext } from '../../core/model.js';
import {
  ClassicGroup,
  type ClassicGroupContext,
  type ClassicGroupRecord,
  type MemberIdentity,
  type SyncRequest,
} from './consumer-group.js';
import { CONSUMER_PROTOCOL_TYPE, decodeAssignment, type TopicPartitions } from './consumer-protocol.js';
import { KafkaError } from './errors.js';
import type { GroupErrorCode, JoinAnswer, JoinRequest, SyncAnswer } from './group-member.js';
import { checkHeartbeat } from './heartbeat-check.js';
import { ModernGroup, type ModernGroupContext, type ModernGroupRecord } from './modern-group.js';
import type { ConsumerHeartbeat, ConsumerHeartbeatAnswer } from './modern-member.js';
import { type CommittedOffset, GroupOffsets, type OffsetsRecord } from './offsets.js';
import { plainFields } from './plain-fields.js';
import { TopicPattern } from './topic-pattern.js';

/** What the coordinators need of the cluster. */
export interface CoordinatedCluster {
  readonly config: { number(name: string): number; list(name: string): readonly string[] };
  topic(name: string): CoordinatedTopic | undefined;
  readonly topics: ReadonlyMap<string, CoordinatedTopic>;
  /** The node that coordinates a group or a transactional id, -1 while there is none. */
  coordinatorOf(kind: 'group' | 'transaction', key: string): number;
  /** Tells about topics after the change; returns a function that stops. */
  onTopicChange(listener: (topic: CoordinatedTopic, change: string) => void): () => void;
}

export interface CoordinatedTopic {
  readonly name: string;
  readonly internal: boolean;
  readonly partitions: readonly unknown[];
}

/** An offset that a client commits. */
export interface OffsetCommit {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** -1 when the client does not say. */
  readonly leaderEpoch: number;
  readonly metadata: string | null;
}

/** The answer for one partition that was asked for; offset -1 when nothing is committed. */
export interface FetchedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly error: GroupErrorCode;
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** One line of the list of groups. */
export interface GroupListing {
  readonly groupId: string;
  readonly protocolType: string;
  readonly state: string;
  readonly type: 'classic' | 'consumer';
}

export interface GroupDescription {
  readonly groupId: string;
  readonly state: string;
  readonly protocolType: string;
  readonly protocolName: string;
  readonly members: readonly {
    readonly memberId: string;
    readonly instanceId: string | null;
    readonly clientId: string;
    readonly clientHost: string;
    /** What the member said to the leader, and what it was given: only while the group is stable. */
    readonly metadata: Uint8Array;
    readonly assignment: Uint8Array;
  }[];
}

/** A member of a group as tests look at it. */
export interface GroupMemberView {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** What it reads; empty while the group is rebalancing. */
  readonly assignment: readonly TopicPartitions[];
}

/** A group over a restart, and in a snapshot. */
interface GroupRecord {
  readonly id: string;
  readonly classic: ClassicGroupRecord | undefined;
  readonly modern: ModernGroupRecord | undefined;
  readonly offsets: OffsetsRecord;
}

type Group = ClassicGroup | ModernGroup;

interface Entry {
  group: Group;
  readonly offsets: GroupOffsets;
  /** The node that coordinates it. */
  home: number;
}

const NO_OFFSET = { offset: -1, leaderEpoch: -1, metadata: '' };

/**
 * All groups: finds the one that a request means, and keeps their offsets.
 *
 * Commands take the node that was asked last; without it (native use) any node will do. Every command throws
 * KafkaError INVALID_GROUP_ID for an empty name and NOT_COORDINATOR when another node has the group.
 */
export class GroupCoordinator implements BrokerModel {
  readonly #context: ModelContext;
  readonly #cluster: CoordinatedCluster;
  readonly #groups = new Map<string, Entry>();
  readonly #listeners = new Set<(groupId: string) => void>();
  readonly #classicContext: ClassicGroupContext;
  readonly #modernContext: ModernGroupContext;
  #expiryTimer: Timer | undefined;

  constructor(context: ModelContext, cluster: CoordinatedCluster) {
    this.#context = context;
    this.#cluster = cluster;
    this.#classicContext = this.#createClassicContext();
    this.#modernContext = this.#createModernContext();
    cluster.onTopicChange((topic, change) => this.#topicChanged(topic.name, change === 'deleted'));
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
      get sessionTimeoutMs() {
        return config.number('group.consumer.session.timeout.ms');
      },
      get heartbeatIntervalMs() {
        return config.number('group.consumer.heartbeat.interval.ms');
      },
      get maxSize() {
        return Math.min(config.number('group.consumer.max.size'), limits.groupMemberCount);
      },
      get assignors() {
        return config.list('group.consumer.assignors');
      },
      partitionCount: (topic) => cluster.topic(topic)?.partitions.length,
      matchingTopics: (pattern) => {
        const matcher = new TopicPattern(pattern, limits);
        return [...cluster.topics.values()]
          .filter((topic) => !topic.internal && matcher.matches(topic.name))
          .map(nameOf);
      },
      changed: (group, rebalanced) => this.#changed(group, rebalanced),
    };
  }

  /** Calls `listener` with the id of a group after its state, members or offsets have changed. */
  onChange(listener: (groupId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A group as it stands, undefined when there is none of this name. */
  group(groupId: string): Group | undefined {
    return this.#groups.get(groupId)?.group;
  }

  /** Who is in a group and reads what, in the order in which they joined. */
  memberViews(groupId: string): GroupMemberView[] {
    const group = this.group(groupId);
    if (!group) return [];
    if (group.type === 'consumer') {
      return [...group.members.values()].map(({ memberId, instanceId, clientId, clientHost }) => {
        const assignment = group.assignments(memberId).current;
        return { memberId, instanceId, clientId, clientHost, assignment };
      });
    }
    const assigned = group.state === 'Stable' && group.protocolType === CONSUMER_PROTOCOL_TYPE;
    return [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      instanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      assignment: assigned ? (decodeAssignment(member.assignment) ?? []) : [],
    }));
  }

  /** A classic group, undefined when there is none of this name. */
  classic(groupId: string): ClassicGroup | undefined {
    const group = this.group(groupId);
    return group?.type === 'classic' ? group : undefined;
  }

  /** A group with member epochs, undefined when there is none of this name. */
  modern(groupId: string): ModernGroup | undefined {
    const group = this.group(groupId);
    return group?.type === 'consumer' ? group : undefined;
  }

  /** The offsets of a group, undefined when there is none of this name. */
  offsets(groupId: string): GroupOffsets | undefined {
    return this.#groups.get(groupId)?.offsets;
  }

  /** @see ClassicGroup.join @throws KafkaError INVALID_SESSION_TIMEOUT */
  join(groupId: string, request: JoinRequest, answer: (answer: JoinAnswer) => void, nodeId?: number): () => void {
    this.#checkHome(groupId, nodeId);
    this.#checkSessionTimeout(request.sessionTimeoutMs);
    return this.#context.outbox.run(() => {
      const known = this.#groups.get(groupId);
      if (!known && request.memberId !== '') throw unknownMember(groupId, request.memberId);
      const entry = known ?? this.#create(groupId);
      const { group } = entry;
      const joined =
        group.type === 'classic' ? group : this.#converted(group, new ClassicGroup(groupId, this.#classicContext));
      try {
        const abandon = joined.join(request, answer);
        entry.group = joined;
        return abandon;
      } catch (error) {
        if (!known) this.#drop(groupId);
        throw error;
      }
    });
  }

  /**
   * The one request of members with epochs: join, stay, leave.
   *
   * @see ModernGroup.heartbeat
   * @throws KafkaError GROUP_ID_NOT_FOUND also for a classic group that has members
   */
  consumerHeartbeat(groupId: string, request: ConsumerHeartbeat, nodeId?: number): ConsumerHeartbeatAnswer {
    if (groupId === '') throw new KafkaError('INVALID_REQUEST', 'the name of a group is empty; set group.id');
    checkHeartbeat(request, this.#cluster.config.list('group.consumer.assignors'));
    this.#checkHome(groupId, nodeId);
    return this.#context.outbox.run(() => {
      const joins = request.memberEpoch === 0;
      const known = joins ? this.#groups.get(groupId) : this.#existing(groupId);
      const entry = known ?? this.#create(groupId);
      const { group } = entry;
      const joined =
        group.type === 'consumer' ? group : this.#converted(group, new ModernGroup(groupId, this.#modernContext));
      try {
        const answer = joined.heartbeat(request);
        entry.group = joined;
        return answer;
      } catch (error) {
        if (!known) this.#drop(groupId);
        throw error;
      }
    });
  }

  /** A group without members becomes one of the other type; one with members does not. */
  #converted<T extends Group>(group: Group, other: T): T {
    if (group.members.size === 0) return other;
    throw new KafkaError(
      'GROUP_ID_NOT_FOUND',
      `group '${group.id}' has members of the ${group.type} protocol; stop them first`,
    );
  }

  /** @see ClassicGroup.sync */
  sync(groupId: string, request: SyncRequest, answer: (answer: SyncAnswer) => void, nodeId?: number): () => void {
    this.#checkHome(groupId, nodeId);
    return this.#context.outbox.run(() => this.#member(groupId, request).sync(request, answer));
  }

  /** @see ClassicGroup.heartbeat */
  heartbeat(groupId: string, identity: MemberIdentity, nodeId?: number): void {
    this.#checkHome(groupId, nodeId);
    this.#context.outbox.run(() => this.#member(groupId, identity).heartbeat(identity));
  }

  /** Members leave, each with its own result. @throws KafkaError UNKNOWN_MEMBER_ID for an unknown group */
  leave(
    groupId: string,
    members: readonly { readonly memberId: string; readonly instanceId: string | null }[],
    nodeId?: number,
  ): GroupErrorCode[] {
    this.#checkHome(groupId, nodeId);
    return this.#context.outbox.run(() => {
      const entry = this.#groups.get(groupId);
      if (entry?.group.type !== 'classic') throw unknownMember(groupId, members[0]?.memberId ?? '');
      const { group } = entry;
      return members.map(({ memberId, instanceId }) => attempt(() => group.leave(memberId, instanceId)));
    });
  }

  /**
   * Stores offsets; each entry has a result of its own.
   *
   * @param retentionMs how long they are kept whatever the group does, -1 for as long as usual
   * @throws KafkaError as ClassicGroup.checkCommit, and ILLEGAL_GENERATION for a group that is not there
   */
  commitOffsets(
    groupId: string,
    identity: MemberIdentity,
    commits: readonly OffsetCommit[],
    options: {
      readonly retentionMs?: number;
      /** The client knows groups that have member epochs (since version 9). */
      readonly sendsMemberEpoch?: boolean;
      readonly nodeId?: number;
    } = {},
  ): GroupErrorCode[] {
    this.#checkHome(groupId, options.nodeId);
    return this.#context.outbox.run(() => {
      const entry = this.#forCommit(groupId, identity, options.sendsMemberEpoch);
      entry.group.checkCommit(identity, false, options.sendsMemberEpoch);
      const results = commits.map((commit) => {
        const error = this.#problemOf(commit);
        if (error === 'NONE') entry.offsets.commit(commit.topic, commit.partition, this.#committed(commit, options));
        return error;
      });
      entry.group.noteCommit(identity.memberId);
      this.#scheduleExpiry();
      this.#tell(groupId);
      return results;
    });
  }

  /**
   * Notes offsets that count once the transaction of this producer commits.
   *
   * @throws KafkaError as `commitOffsets`
   */
  commitPending(
    groupId: string,
    producerId: number,
    identity: MemberIdentity,
    commits: readonly OffsetCommit[],
    options: {
      /** Throws when the producer has no transaction that these offsets are part of. */
      readonly verify?: () => void;
      readonly nodeId?: number;
    } = {},
  ): GroupErrorCode[] {
    this.#checkHome(groupId, options.nodeId);
    options.verify?.();
    return this.#context.outbox.run(() => {
      const entry = this.#forCommit(groupId, identity);
      entry.group.checkCommit(identity, true);
      return commits.map((commit) => {
        const error = this.#problemOf(commit);
        if (error !== 'NONE') return error;
        entry.offsets.commitPending(producerId, commit.topic, commit.partition, this.#committed(commit, {}));
        return error;
      });
    });
  }

  /** The offsets that a producer's transaction brought to a group count from now on, or never. */
  endTransaction(groupId: string, producerId: number, commits: boolean): void {
    const entry = this.#groups.get(groupId);
    if (!entry) return;
    entry.offsets.endTransaction(producerId, commits);
    this.#scheduleExpiry();
    this.#tell(groupId);
  }

  #forCommit(groupId: string, { generationId, memberId }: MemberIdentity, sendsMemberEpoch = false): Entry {
    const entry = this.#groups.get(groupId);
    if (entry) return entry;
    if (generationId < 0) return this.#create(groupId);
    const code = sendsMemberEpoch ? 'GROUP_ID_NOT_FOUND' : 'ILLEGAL_GENERATION';
    throw new KafkaError(code, `there is no group '${groupId}' that '${memberId}' could be in`);
  }

  #problemOf({ topic, partition, metadata }: OffsetCommit): GroupErrorCode {
    if (!this.#exists(topic, partition)) return 'UNKNOWN_TOPIC_OR_PARTITION';
    const longest = this.#cluster.config.number('offset.metadata.max.bytes');
    return (metadata?.length ?? 0) > longest ? 'OFFSET_METADATA_TOO_LARGE' : 'NONE';
  }

  #exists(topic: string, partition: number): boolean {
    return this.#cluster.topic(topic)?.partitions[partition] !== undefined;
  }

  #committed(commit: OffsetCommit, { retentionMs = -1 }: { readonly retentionMs?: number }): CommittedOffset {
    const { now } = this.#context.clock;
    return {
      offset: commit.offset,
      leaderEpoch: commit.leaderEpoch,
      metadata: commit.metadata ?? '',
      committedAtMs: now,
      expiresAtMs: retentionMs < 0 ? undefined : now + retentionMs,
    };
  }

  /**
   * Reads offsets; an unknown group has none.
   *
   * @param wanted undefined for everything committed
   * @param requireStable UNSTABLE_OFFSET_COMMIT for offsets that an open transaction is about to move
   */
  fetchOffsets(
    groupId: string,
    wanted: readonly TopicPartition[] | undefined,
    options: {
      readonly requireStable?: boolean;
      readonly member?: { readonly memberId: string; readonly memberEpoch: number };
      readonly nodeId?: number;
    } = {},
  ): FetchedOffset[] {
    this.#checkHome(groupId, options.nodeId);
    const { group, offsets } = this.#groups.get(groupId) ?? {};
    const { member } = options;
    if (group?.type === 'consumer' && member) group.checkMemberEpoch(member.memberId, member.memberEpoch);
    const places = wanted ?? offsets?.entries() ?? [];
    return places.map(({ topic, partition }): FetchedOffset => {
      if (options.requireStable && offsets?.isPending(topic, partition)) {
        return { topic, partition, error: 'UNSTABLE_OFFSET_COMMIT', ...NO_OFFSET };
      }
      const { offset, leaderEpoch, metadata } = offsets?.get(topic, partition) ?? NO_OFFSET;
      return { topic, partition, error: 'NONE', offset, leaderEpoch, metadata };
    });
  }

  /**
   * Forgets offsets that nobody needs.
   *
   * @throws KafkaError GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP for members that do not say what they read
   */
  deleteOffsets(groupId: string, places: readonly TopicPartition[], nodeId?: number): GroupErrorCode[] {
    this.#checkHome(groupId, nodeId);
    const { group, offsets } = this.#existing(groupId);
    if (group.members.size > 0 && group.protocolType !== CONSUMER_PROTOCOL_TYPE) {
      throw new KafkaError('NON_EMPTY_GROUP', `group '${groupId}' has members; stop them first`);
    }
    return this.#context.outbox.run(() => {
      const results = places.map(({ topic, partition }): GroupErrorCode => {
        if (!this.#exists(topic, partition)) return 'UNKNOWN_TOPIC_OR_PARTITION';
        if (group.members.size > 0 && group.isSubscribedTo(topic)) return 'GROUP_SUBSCRIBED_TO_TOPIC';
        offsets.delete(topic, partition);
        return 'NONE';
      });
      this.#tell(groupId);
      return results;
    });
  }

  /** Deletes a group without members, and its offsets. @throws KafkaError NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND */
  deleteGroup(groupId: string, nodeId?: number): void {
    this.#checkHome(groupId, nodeId);
    const { group } = this.#existing(groupId);
    if (group.members.size > 0) {
      throw new KafkaError('NON_EMPTY_GROUP', `group '${groupId}' has ${group.members.size} members; stop them first`);
    }
    this.#context.outbox.run(() => this.#drop(groupId));
  }

  /** @throws KafkaError GROUP_ID_NOT_FOUND */
  describe(groupId: string, nodeId?: number): GroupDescription {
    this.#checkHome(groupId, nodeId);
    const { group } = this.#existing(groupId);
    if (group.type !== 'classic') throw this.#notFound(groupId, 'is no classic group');
    const stable = group.state === 'Stable';
    return {
      groupId,
      state: group.state,
      protocolType: group.protocolType,
      protocolName: stable ? (group.protocolName ?? '') : '',
      members: [...group.members.values()].map((member) => ({
        memberId: member.memberId,
        instanceId: member.instanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        metadata: stable ? member.metadata(group.protocolName as string) : new Uint8Array(0),
        assignment: stable ? member.assignment : new Uint8Array(0),
      })),
    };
  }

  /** A group with member epochs. @throws KafkaError GROUP_ID_NOT_FOUND, also for a classic group */
  describeModern(groupId: string, nodeId?: number): ModernGroup {
    this.#checkHome(groupId, nodeId);
    const { group } = this.#existing(groupId);
    if (group.type === 'consumer') return group;
    throw this.#notFound(groupId, 'is a classic group');
  }

  /** Groups that a node coordinates, all of them without one. Filters ignore case; empty ones let everything through. */
  list(
    filter: { readonly states?: readonly string[]; readonly types?: readonly string[]; readonly nodeId?: number } = {},
  ): GroupListing[] {
    const states = lowerCased(filter.states);
    const types = lowerCased(filter.types);
    const listings: GroupListing[] = [];
    for (const [groupId, { group, home }] of this.#groups) {
      if (filter.nodeId !== undefined && home !== filter.nodeId) continue;
      if (states && !states.has(group.state.toLowerCase())) continue;
      if (types && !types.has(group.type)) continue;
      listings.push({ groupId, protocolType: group.protocolType, state: group.state, type: group.type });
    }
    return listings;
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

  #reload(groupId: string, entry: Entry): void {
    const { group } = entry;
    group.suspend();
    if (group.type === 'consumer') entry.group = this.#loadModern(groupId, group.record);
    else if (group.record) entry.group = this.#loadClassic(groupId, group.record);
    else if (entry.offsets.empty) this.#groups.delete(groupId);
    else entry.group = new ClassicGroup(groupId, this.#classicContext);
    this.#tell(groupId);
  }

  #loadClassic(groupId: string, record: ClassicGroupRecord): ClassicGroup {
    const group = new ClassicGroup(groupId, this.#classicContext);
    group.load(record);
    return group;
  }

  #loadModern(groupId: string, record: ModernGroupRecord): ModernGroup {
    const group = new ModernGroup(groupId, this.#modernContext);
    group.load(record);
    return group;
  }

  reset(): void {
    for (const groupId of [...this.#groups.keys()]) this.#drop(groupId);
  }

  snapshot(): readonly GroupRecord[] {
    return [...this.#groups].map(([id, { group, offsets }]) => ({
      id,
      classic: group.type === 'classic' ? group.record : undefined,
      modern: group.type === 'consumer' ? group.record : undefined,
      offsets: offsets.toRecord(),
    }));
  }

  restore(state: unknown): void {
    this.#context.outbox.run(() => {
      this.reset();
      for (const { id, classic, modern, offsets } of plainFields(state) as readonly GroupRecord[]) {
        const entry = this.#create(id);
        if (classic) entry.group = this.#loadClassic(id, classic);
        if (modern) entry.group = this.#loadModern(id, modern);
        entry.offsets.load(offsets);
      }
      this.#scheduleExpiry();
    });
  }

  busy(): string[] {
    return [...this.#groups].filter(([, { group }]) => group.rebalancing).map(([id]) => `group '${id}' is rebalancing`);
  }

  close(): void {
    for (const { group } of this.#groups.values()) group.suspend();
    this.#context.clock.cancel(this.#expiryTimer);
  }

  #create(groupId: string): Entry {
    checkLimit(this.#context.limits, 'entityCount', this.#groups.size + 1, `group '${groupId}'`);
    const entry: Entry = {
      group: new ClassicGroup(groupId, this.#classicContext),
      offsets: new GroupOffsets(),
      home: this.#cluster.coordinatorOf('group', groupId),
    };
    this.#groups.set(groupId, entry);
    return entry;
  }

  #drop(groupId: string): void {
    this.#groups.get(groupId)?.group.die();
    this.#groups.delete(groupId);
    this.#tell(groupId);
  }

  #existing(groupId: string): Entry {
    const entry = this.#groups.get(groupId);
    if (entry) return entry;
    throw this.#notFound(groupId, 'does not exist');
  }

  #notFound(groupId: string, why: string): KafkaError {
    return new KafkaError('GROUP_ID_NOT_FOUND', `group '${groupId}' ${why}`);
  }

  #member(groupId: string, { memberId }: MemberIdentity): ClassicGroup {
    const group = this.classic(groupId);
    if (group) return group;
    throw unknownMember(groupId, memberId);
  }

  #checkHome(groupId: string, nodeId: number | undefined): void {
    if (groupId === '') throw new KafkaError('INVALID_GROUP_ID', 'the name of a group is empty; set group.id');
    if (nodeId === undefined) return;
    const home = this.#cluster.coordinatorOf('group', groupId);
    if (home === nodeId) return;
    throw new KafkaError('NOT_COORDINATOR', `node ${nodeId} does not coordinate group '${groupId}'; node ${home} does`);
  }

  #checkSessionTimeout(sessionTimeoutMs: number): void {
    if (sessionTimeoutMs === Infinity) return; // native consumers cannot fall silent
    const { config } = this.#cluster;
    const least = config.number('group.min.session.timeout.ms');
    const most = config.number('group.max.session.timeout.ms');
    if (sessionTimeoutMs >= least && sessionTimeoutMs <= most) return;
    throw new KafkaError(
      'INVALID_SESSION_TIMEOUT',
      `session timeout ${sessionTimeoutMs} ms is outside of ${least} to ${most} (group.min/max.session.timeout.ms)`,
    );
  }

  #changed(group: Group, rebalanced: boolean): void {
    const { journal } = this.#context;
    if (rebalanced && journal.on) {
      journal.record('kafka', 'rebalanced', { receiver: group.id, count: group.members.size });
    }
    this.#tell(group.id);
  }

  #tell(groupId: string): void {
    for (const listener of this.#listeners) this.#context.outbox.post(listener, groupId);
  }

  #topicChanged(topic: string, deleted: boolean): void {
    for (const [groupId, { group, offsets }] of this.#groups) {
      if (deleted) offsets.deleteTopic(topic);
      if (group.type === 'consumer') {
        if (deleted) group.forgetTopic(topic);
        else group.topicsChanged();
      }
      this.#tell(groupId);
    }
  }

  /** Looks for old offsets from time to time, as long as there are any. */
  #scheduleExpiry(): void {
    if (this.#expiryTimer?.pending) return;
    const { clock, outbox } = this.#context;
    const intervalMs = this.#cluster.config.number('offsets.retention.check.interval.ms');
    this.#expiryTimer = clock.schedule(clock.now + intervalMs, () => outbox.run(() => this.#expireOffsets()));
  }

  #expireOffsets(): void {
    const { now } = this.#context.clock;
    const retentionMs = this.#cluster.config.number('offsets.retention.minutes') * 60_000;
    let left = false;
    for (const [groupId, { group, offsets }] of this.#groups) {
      const since = expiryBase(group);
      if (since) {
        const size = offsets.size;
        offsets.expire((topic, committed) => {
          if (group.members.size > 0 && group.isSubscribedTo(topic)) return false;
          if (committed.expiresAtMs !== undefined) return now >= committed.expiresAtMs;
          return now - since(committed) >= retentionMs;
        });
        if (offsets.size < size) this.#expired(groupId, size - offsets.size);
      }
      if (offsets.empty && group.state === 'Empty') this.#drop(groupId);
      else left ||= !offsets.empty;
    }
    if (left) this.#scheduleExpiry();
  }

  #expired(groupId: string, count: number): void {
    const { journal } = this.#context;
    if (journal.on)
      journal.record('kafka', 'expired', { receiver: groupId, count, reason: 'offsets.retention.minutes' });
    this.#tell(groupId);
  }
}

/** From when on the offsets of a group grow old; undefined while they do not. */
function expiryBase(group: Group): ((committed: CommittedOffset) => number) | undefined {
  if (group.protocolType === '') return ({ committedAtMs }) => committedAtMs;
  if (group.state === 'Empty') return () => group.stateSinceMs;
  const known = group.state === 'Stable' && group.protocolType === CONSUMER_PROTOCOL_TYPE;
  return known ? ({ committedAtMs }) => committedAtMs : undefined;
}

function attempt(command: () => void): GroupErrorCode {
  try {
    command();
    return 'NONE';
  } catch (error) {
    if (error instanceof KafkaError) return error.code;
    throw error;
  }
}

function lowerCased(names: readonly string[] | undefined): Set<string> | undefined {
  return names && names.length > 0 ? new Set(names.map((name) => name.toLowerCase())) : undefined;
}

function unknownMember(groupId: string, memberId: string): KafkaError {
  return new KafkaError(
    'UNKNOWN_MEMBER_ID',
    `there is no group '${groupId}' that '${memberId}' could be in; join again`,
  );
}

function nameOf({ name }: CoordinatedTopic): string {
  return name;
}
