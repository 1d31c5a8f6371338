import type { Clock, Timer } from '../../core/clock.js';
import type { Outbox } from '../../core/outbox.js';
import type { Random } from '../../core/random.js';
import { CONSUMER_PROTOCOL_TYPE, type TopicPartitions } from './consumer-protocol.js';
import { KafkaError } from './errors.js';
import { HeldPlaces } from './held-places.js';
import {
  type ConsumerHeartbeat,
  type ConsumerHeartbeatAnswer,
  JOIN_EPOCH,
  LEAVE_STATIC_EPOCH,
  ModernMember,
  type ModernMemberRecord,
} from './modern-member.js';
import { samePlaces, toHeldPartitions } from './place.js';
import { type AssignedTopic, assignTargets, preferredAssignor } from './target-assignment.js';

export type ModernGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable' | 'Dead';

/** What a group with epochs needs from around it. */
export interface ModernGroupContext {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly random: Random;
  /** `group.consumer.session.timeout.ms` */
  sessionTimeoutMs(groupId: string): number;
  /** `group.consumer.heartbeat.interval.ms` */
  heartbeatIntervalMs(groupId: string): number;
  /** `group.consumer.max.size` */
  readonly maxSize: number;
  /** `group.consumer.assignors`; the first one is the default. */
  readonly assignors: readonly string[];
  /** Undefined when there is no topic of this name. */
  readonly topic: (name: string) => AssignedTopic | undefined;
  /** Undefined when the topic is gone. */
  readonly topicName: (topicId: string) => string | undefined;
  /** Names of topics that match a pattern. @throws KafkaError INVALID_REGULAR_EXPRESSION */
  readonly matchingTopics: (pattern: string) => readonly string[];
  readonly changed: (group: ModernGroup, rebalanced: boolean) => void;
}

export interface ModernGroupRecord {
  readonly groupEpoch: number;
  readonly assignmentEpoch: number;
  readonly assignorName: string;
  readonly stateSinceMs: number;
  readonly topics: string;
  readonly members: readonly ModernMemberRecord[];
}

/**
 * A consumer group whose members have epochs and are moved one by one, without a common stop (KIP-848).
 *
 * | state       | what may happen, and where it leads                                              |
 * |-------------|----------------------------------------------------------------------------------|
 * | Empty       | a member joins: Reconciling; classic members join: it becomes a classic group    |
 * | Assigning   | not seen from outside: targets are made with the change that asks for them       |
 * | Reconciling | every member has what it shall have: Stable                                      |
 * | Stable      | a member comes, goes or reads something else; topics grow: Reconciling           |
 *
 * A partition has one holder at any time: it goes to the next member when the old one has said that it gave it up.
 *
 * @see https://cwiki.apache.org/confluence/display/KAFKA/KIP-848
 */
export class ModernGroup {
  readonly type = 'consumer';
  readonly protocolType = CONSUMER_PROTOCOL_TYPE;
  readonly id: string;
  readonly #context: ModernGroupContext;
  #groupEpoch = 0;
  #assignmentEpoch = 0;
  #assignorName: string;
  #stateSinceMs: number;
  /** What the targets were made from. */
  #topics = '';
  #dead = false;
  readonly #members = new Map<string, ModernMember>();
  readonly #held = new HeldPlaces();

  constructor(id: string, context: ModernGroupContext) {
    this.id = id;
    this.#context = context;
    this.#assignorName = context.assignors[0] ?? 'uniform';
    this.#stateSinceMs = context.clock.now;
  }

  get state(): ModernGroupState {
    if (this.#dead) return 'Dead';
    if (this.#members.size === 0) return 'Empty';
    if (this.#groupEpoch > this.#assignmentEpoch) return 'Assigning';
    return this.rebalancing ? 'Reconciling' : 'Stable';
  }

  /** When it became empty, or was made. */
  get stateSinceMs(): number {
    return this.#stateSinceMs;
  }

  get rebalancing(): boolean {
    for (const member of this.#members.values()) {
      if (member.epoch === LEAVE_STATIC_EPOCH) continue;
      if (member.state !== 'stable' || member.epoch !== this.#groupEpoch) return true;
    }
    return false;
  }

  get groupEpoch(): number {
    return this.#groupEpoch;
  }

  get assignmentEpoch(): number {
    return this.#assignmentEpoch;
  }

  get assignorName(): string {
    return this.#assignorName;
  }

  get members(): ReadonlyMap<string, ModernMember> {
    return this.#members;
  }

  get record(): ModernGroupRecord {
    return {
      groupEpoch: this.#groupEpoch,
      assignmentEpoch: this.#assignmentEpoch,
      assignorName: this.#assignorName,
      stateSinceMs: this.#stateSinceMs,
      topics: this.#topics,
      members: [...this.#members.values()].map((member) => member.toRecord()),
    };
  }

  isSubscribedTo(topic: string): boolean {
    for (const member of this.#members.values()) if (this.#topicsOf(member).includes(topic)) return true;
    return false;
  }

  #topicsOf(member: ModernMember): readonly string[] {
    if (member.topicPattern === null) return member.topics;
    return [...new Set([...member.topics, ...this.#context.matchingTopics(member.topicPattern)])];
  }

  /**
   * The one request of this protocol: join, stay, give up and get partitions, leave.
   *
   * @throws KafkaError INVALID_REQUEST, UNSUPPORTED_ASSIGNOR, INVALID_REGULAR_EXPRESSION, GROUP_MAX_SIZE_REACHED,
   *   UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH: join again; UNRELEASED_INSTANCE_ID, FENCED_INSTANCE_ID
   */
  heartbeat(request: ConsumerHeartbeat): ConsumerHeartbeatAnswer {
    if (request.memberEpoch < JOIN_EPOCH) return this.#leave(request);
    if (request.topicPattern) this.#context.matchingTopics(request.topicPattern); // throws for a bad one
    const known = this.#find(request);
    const member = known ?? this.#admit(request);
    const subscribed = member.update(request);
    this.#watch(member);
    this.#refresh(!known || subscribed);
    const joins = request.memberEpoch === JOIN_EPOCH;
    if (this.#held.reconcile(member, joins ? [] : request.owned, this.#assignmentEpoch)) this.#awaitRevocation(member);
    else if (member.state !== 'unrevoked') this.#context.clock.cancel(member.rebalanceTimer);
    const whole = joins || (request.rebalanceTimeoutMs >= 0 && request.topics !== null && request.owned !== null);
    const news = whole || !samePlaces(member.told, member.assigned);
    member.told = member.assigned;
    this.#context.changed(this, false);
    return this.#answer(member.memberId, member.epoch, news ? toHeldPartitions(member.assigned) : null);
  }

  #answer(
    memberId: string,
    memberEpoch: number,
    assignment: ConsumerHeartbeatAnswer['assignment'],
  ): ConsumerHeartbeatAnswer {
    return { memberId, memberEpoch, heartbeatIntervalMs: this.#context.heartbeatIntervalMs(this.id), assignment };
  }

  /** The member that speaks, undefined for one that is new. */
  #find(request: ConsumerHeartbeat): ModernMember | undefined {
    const { memberId, memberEpoch, instanceId } = request;
    const holder = instanceId === null ? undefined : this.#byInstance(instanceId);
    if (holder && memberEpoch === JOIN_EPOCH) {
      const newId = memberId || this.#context.random.uuid();
      if (holder.epoch === LEAVE_STATIC_EPOCH) return this.#replace(holder, newId);
      throw new KafkaError(
        'UNRELEASED_INSTANCE_ID',
        `Static member ${newId} with instance id ${instanceId} cannot join the group because the instance id is ` +
          `owned by ${holder.memberId} member.`,
      );
    }
    if (holder && holder.memberId !== memberId) throw fencedInstance(holder, memberId);
    const member = this.#members.get(memberId);
    if (memberEpoch !== JOIN_EPOCH && (!member || (instanceId !== null && !holder))) {
      throw this.#unknownMember(memberId, instanceId);
    }
    member?.checkEpoch(request);
    return member;
  }

  #byInstance(instanceId: string): ModernMember | undefined {
    for (const member of this.#members.values()) if (member.instanceId === instanceId) return member;
    return undefined;
  }

  /** A static member is back: the new one has all that the old one had. */
  #replace(old: ModernMember, memberId: string): ModernMember {
    this.#context.clock.cancel(old.sessionTimer);
    this.#context.clock.cancel(old.rebalanceTimer);
    const member = ModernMember.fromRecord({ ...old.toRecord(), epoch: JOIN_EPOCH, state: 'unreleased' }, memberId);
    this.#members.delete(old.memberId);
    this.#members.set(memberId, member);
    this.#held.move(member, member.assigned, member.revoking);
    return member;
  }

  #admit(request: ConsumerHeartbeat): ModernMember {
    if (this.#members.size >= this.#context.maxSize) {
      throw new KafkaError(
        'GROUP_MAX_SIZE_REACHED',
        `group '${this.id}' has its ${this.#context.maxSize} members (group.consumer.max.size)`,
      );
    }
    const member = new ModernMember(request.memberId || this.#context.random.uuid());
    this.#members.set(member.memberId, member);
    return member;
  }

  #leave(request: ConsumerHeartbeat): ConsumerHeartbeatAnswer {
    const { memberId, memberEpoch, instanceId } = request;
    const holder = instanceId === null ? undefined : this.#byInstance(instanceId);
    if (holder && holder.memberId !== memberId) throw fencedInstance(holder, memberId);
    const member = this.#members.get(memberId);
    if (!member || (instanceId !== null && !holder)) throw this.#unknownMember(memberId, instanceId);
    if (memberEpoch === LEAVE_STATIC_EPOCH) {
      this.#held.move(member, member.assigned, new Set());
      member.epoch = LEAVE_STATIC_EPOCH;
      this.#context.clock.cancel(member.rebalanceTimer);
      this.#context.changed(this, false);
    } else {
      this.#remove(member);
    }
    return { memberId, memberEpoch, heartbeatIntervalMs: 0, assignment: null };
  }

  #remove(member: ModernMember): void {
    this.#context.clock.cancel(member.sessionTimer);
    this.#context.clock.cancel(member.rebalanceTimer);
    this.#held.move(member, new Set(), new Set());
    this.#members.delete(member.memberId);
    if (this.#members.size === 0) this.#stateSinceMs = this.#context.clock.now;
    this.#refresh(true);
    this.#context.changed(this, false);
  }

  /** Makes new targets when somebody asked for something else, or topics are not what they were. */
  #refresh(changed: boolean): void {
    const members = [...this.#members.values()];
    const found = new Map<string, AssignedTopic>();
    const topics = new Map(members.map((member) => [member, this.#topicsOf(member)]));
    for (const name of [...new Set([...topics.values()].flat())].sort()) {
      const topic = this.#context.topic(name);
      if (topic) found.set(name, topic);
    }
    const shown = JSON.stringify([...found]);
    if (!changed && shown === this.#topics) return;
    this.#topics = shown;
    this.#groupEpoch++;
    this.#assignorName = preferredAssignor(members, this.#context.assignors);
    assignTargets(members, topics, found, this.#assignorName, this.#assignmentEpoch);
    this.#assignmentEpoch = this.#groupEpoch;
    this.#context.changed(this, true);
  }

  #awaitRevocation(member: ModernMember): void {
    this.#context.clock.cancel(member.rebalanceTimer);
    member.rebalanceTimer = this.#after(member.rebalanceTimeoutMs, () => this.#remove(member));
  }

  #watch(member: ModernMember): void {
    this.#context.clock.cancel(member.sessionTimer);
    member.sessionTimer = this.#after(this.#context.sessionTimeoutMs(this.id), () => this.#remove(member));
  }

  #after(ms: number, fire: () => void): Timer {
    const { clock, outbox } = this.#context;
    return clock.schedule(clock.now + ms, () => outbox.run(fire), 'liveness');
  }

  /**
   * Whether offsets may be committed under this identity.
   *
   * @param options `sendsMemberEpoch`: the client knows epochs (version 9 of OffsetCommit)
   * @throws KafkaError UNKNOWN_MEMBER_ID, UNSUPPORTED_VERSION, STALE_MEMBER_EPOCH
   */
  checkCommit(
    identity: { readonly memberId: string; readonly instanceId: string | null; readonly generationId: number },
    transactional = false,
    sendsMemberEpoch = true,
  ): void {
    const { memberId, instanceId, generationId } = identity;
    if (generationId < 0 && this.#members.size === 0) return;
    if (transactional && generationId < 0 && memberId === '' && instanceId === null) return;
    if (!this.#members.has(memberId)) throw this.#unknownMember(memberId);
    if (!transactional && !sendsMemberEpoch) {
      throw new KafkaError('UNSUPPORTED_VERSION', `group '${this.id}' has member epochs; commit with version 9`);
    }
    this.checkMemberEpoch(memberId, generationId);
  }

  /** @throws KafkaError UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH */
  checkMemberEpoch(memberId: string, memberEpoch: number): void {
    const member = this.#members.get(memberId);
    if (!member) throw this.#unknownMember(memberId);
    if (member.epoch === memberEpoch) return;
    throw new KafkaError(
      'STALE_MEMBER_EPOCH',
      `member '${memberId}' of group '${this.id}' is in epoch ${member.epoch}, not ${memberEpoch}`,
    );
  }

  /** A commit is no sign of life here: only heartbeats are. */
  noteCommit(_memberId: string): void {}

  /** What a member reads, and what it shall read, of topics that are there. */
  assignments(memberId: string): {
    readonly current: readonly TopicPartitions[];
    readonly target: readonly TopicPartitions[];
  } {
    const member = this.#members.get(memberId);
    return {
      current: this.#byName(member?.assigned ?? new Set()),
      target: this.#byName(member?.target ?? new Set()),
    };
  }

  #byName(places: ReadonlySet<string>): TopicPartitions[] {
    return toHeldPartitions(places).flatMap(({ topicId, partitions }) => {
      const topic = this.#context.topicName(topicId);
      return topic === undefined ? [] : [{ topic, partitions }];
    });
  }

  suspend(): void {
    for (const member of this.#members.values()) {
      this.#context.clock.cancel(member.sessionTimer);
      this.#context.clock.cancel(member.rebalanceTimer);
    }
  }

  die(): void {
    this.suspend();
    this.#dead = true;
  }

  /** Becomes what a record says; sessions begin anew. */
  load(record: ModernGroupRecord): void {
    this.#groupEpoch = record.groupEpoch;
    this.#assignmentEpoch = record.assignmentEpoch;
    this.#assignorName = record.assignorName;
    this.#stateSinceMs = record.stateSinceMs;
    this.#topics = record.topics;
    for (const saved of record.members) {
      const member = ModernMember.fromRecord(saved);
      this.#members.set(member.memberId, member);
      this.#held.move(member, member.assigned, member.revoking);
      this.#watch(member);
      if (member.state === 'unrevoked') this.#awaitRevocation(member);
    }
  }

  #unknownMember(memberId: string, instanceId: string | null = null): KafkaError {
    const text =
      instanceId === null
        ? `Member ${memberId} is not a member of group ${this.id}.`
        : `Instance id ${instanceId} is unknown.`;
    return new KafkaError('UNKNOWN_MEMBER_ID', text);
  }
}

function fencedInstance({ memberId, instanceId }: ModernMember, sender: string): KafkaError {
  return new KafkaError(
    'FENCED_INSTANCE_ID',
    `Static member ${sender} with instance id ${instanceId} was fenced by member ${memberId}.`,
  );
}
