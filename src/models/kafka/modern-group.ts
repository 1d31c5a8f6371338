import type { Clock, Timer } from '../../core/clock.js';
import type { Outbox } from '../../core/outbox.js';
import type { Random } from '../../core/random.js';
import { type AssignorMember, SERVER_ASSIGNORS } from './assignor/index.js';
import { CONSUMER_PROTOCOL_TYPE, type TopicPartitions } from './consumer-protocol.js';
import { KafkaError } from './errors.js';
import {
  type ConsumerHeartbeat,
  type ConsumerHeartbeatAnswer,
  JOIN_EPOCH,
  LEAVE_STATIC_EPOCH,
  ModernMember,
  type ModernMemberRecord,
} from './modern-member.js';

export type ModernGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable' | 'Dead';

/** What a group with epochs needs from around it. */
export interface ModernGroupContext {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly random: Random;
  /** `group.consumer.session.timeout.ms` */
  readonly sessionTimeoutMs: number;
  /** `group.consumer.heartbeat.interval.ms` */
  readonly heartbeatIntervalMs: number;
  /** `group.consumer.max.size` */
  readonly maxSize: number;
  /** `group.consumer.assignors`; the first one is the default. */
  readonly assignors: readonly string[];
  /** Number of partitions of a topic, undefined when it does not exist. */
  readonly partitionCount: (topic: string) => number | undefined;
  /** Names of topics that match a pattern. @throws KafkaError INVALID_REGULAR_EXPRESSION */
  readonly matchingTopics: (pattern: string) => readonly string[];
  readonly changed: (group: ModernGroup, rebalanced: boolean) => void;
}

export interface ModernGroupRecord {
  readonly groupEpoch: number;
  readonly assignmentEpoch: number;
  readonly assignorName: string;
  readonly stateSinceMs: number;
  readonly counts: string;
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
  #counts = '';
  #dead = false;
  readonly #members = new Map<string, ModernMember>();
  /** Who holds a partition, `topic/partition`. */
  readonly #holders = new Map<string, ModernMember>();

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
      counts: this.#counts,
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
    this.#reconcile(member, request.memberEpoch === JOIN_EPOCH ? [] : request.owned);
    const whole =
      request.memberEpoch === JOIN_EPOCH ||
      (request.rebalanceTimeoutMs >= 0 && request.topics !== null && request.owned !== null);
    const news = whole || !sameSet(member.told, member.assigned);
    member.told = member.assigned;
    this.#context.changed(this, false);
    return this.#answer(member.memberId, member.epoch, news ? toTopicPartitions(member.assigned) : null);
  }

  #answer(
    memberId: string,
    memberEpoch: number,
    assignment: ConsumerHeartbeatAnswer['assignment'],
  ): ConsumerHeartbeatAnswer {
    return { memberId, memberEpoch, heartbeatIntervalMs: this.#context.heartbeatIntervalMs, assignment };
  }

  /** The member that speaks, undefined for one that is new. */
  #find(request: ConsumerHeartbeat): ModernMember | undefined {
    const { memberId, memberEpoch, instanceId } = request;
    const holder = instanceId === null ? undefined : this.#byInstance(instanceId);
    if (holder && holder.memberId !== memberId) {
      if (memberEpoch !== JOIN_EPOCH) throw this.#fencedInstance(holder, memberId);
      if (holder.epoch !== LEAVE_STATIC_EPOCH) {
        throw new KafkaError(
          'UNRELEASED_INSTANCE_ID',
          `'${instanceId}' in group '${this.id}' is held by member '${holder.memberId}', which has not left`,
        );
      }
      return this.#replace(holder, memberId || this.#context.random.uuid());
    }
    const member = this.#members.get(memberId);
    if (!member && memberEpoch !== JOIN_EPOCH) throw this.#unknownMember(memberId);
    if (member && memberEpoch !== JOIN_EPOCH) this.#checkEpoch(member, request);
    if (member && memberEpoch === JOIN_EPOCH) this.#rejoin(member);
    return member;
  }

  /** A member that lost its memory: it holds nothing any more. */
  #rejoin(member: ModernMember): void {
    this.#setHeld(member, member.assigned, new Set());
    if (member.state === 'unrevoked') member.state = 'unreleased';
    member.epoch = JOIN_EPOCH;
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
    for (const place of member.assigned) this.#holders.set(place, member);
    return member;
  }

  /** An answer that was lost may have held the epoch before: it is good as long as it knows of nothing newer. */
  #checkEpoch(member: ModernMember, { memberEpoch, owned }: ConsumerHeartbeat): void {
    if (memberEpoch === member.epoch) return;
    const lost =
      memberEpoch === member.previousEpoch &&
      owned !== null &&
      toPlaces(owned).every((one) => member.assigned.has(one));
    if (lost) return;
    throw new KafkaError(
      'FENCED_MEMBER_EPOCH',
      `member '${member.memberId}' of group '${this.id}' is in epoch ${member.epoch}, not ${memberEpoch}; join again with 0`,
    );
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
    if (holder && holder.memberId !== memberId) throw this.#fencedInstance(holder, memberId);
    const member = this.#members.get(memberId);
    if (!member || (instanceId !== null && !holder)) throw this.#unknownMember(memberId);
    if (memberEpoch === LEAVE_STATIC_EPOCH) {
      this.#setHeld(member, member.assigned, new Set());
      member.epoch = LEAVE_STATIC_EPOCH;
      this.#context.clock.cancel(member.rebalanceTimer);
      this.#context.changed(this, false);
    } else {
      this.#remove(member);
    }
    return this.#answer(memberId, memberEpoch, null);
  }

  #remove(member: ModernMember): void {
    this.#context.clock.cancel(member.sessionTimer);
    this.#context.clock.cancel(member.rebalanceTimer);
    this.#setHeld(member, new Set(), new Set());
    this.#members.delete(member.memberId);
    if (this.#members.size === 0) this.#stateSinceMs = this.#context.clock.now;
    this.#refresh(true);
    this.#context.changed(this, false);
  }

  /** Topics came, grew or went. */
  topicsChanged(): void {
    if (this.#members.size === 0) return;
    this.#refresh(false);
    this.#context.changed(this, false);
  }

  /** Makes new targets when somebody asked for something else, or topics are not what they were. */
  #refresh(changed: boolean): void {
    const members = [...this.#members.values()];
    const counts = new Map<string, number>();
    const topics = new Map(members.map((member) => [member, this.#topicsOf(member)]));
    for (const topic of new Set([...topics.values()].flat())) {
      const count = this.#context.partitionCount(topic);
      if (count !== undefined) counts.set(topic, count);
    }
    const shown = JSON.stringify([...counts].sort());
    if (!changed && shown === this.#counts) return;
    this.#counts = shown;
    this.#groupEpoch++;
    this.#assignorName = this.#preferredAssignor(members);
    const shares = members.map((member): AssignorMember => {
      const owned = toTopicPartitions(member.target);
      return { ...member, topics: topics.get(member) ?? [], owned, generation: this.#assignmentEpoch };
    });
    const assignment = SERVER_ASSIGNORS.get(this.#assignorName)?.assign(shares, counts);
    for (const member of members) member.target = new Set(toPlaces(assignment?.get(member.memberId) ?? []));
    this.#assignmentEpoch = this.#groupEpoch;
    this.#context.changed(this, true);
  }

  /** The one that most members ask for; the group's default when nobody does. */
  #preferredAssignor(members: readonly ModernMember[]): string {
    const votes = new Map<string, number>();
    for (const { assignor } of members) if (assignor !== null) votes.set(assignor, (votes.get(assignor) ?? 0) + 1);
    const [first] = [...votes].sort(([, a], [, b]) => b - a);
    return first?.[0] ?? this.#context.assignors[0] ?? 'uniform';
  }

  /** Moves one member towards its target, as far as it and the others have given up what they shall. */
  #reconcile(member: ModernMember, owned: readonly TopicPartitions[] | null): void {
    const holds = owned === null ? undefined : new Set(toPlaces(owned));
    const stillHolds = (places: ReadonlySet<string>) => !holds || [...places].some((place) => holds.has(place));
    if (member.state === 'stable' && member.epoch === this.#assignmentEpoch) return;
    if (member.state === 'unrevoked') {
      if (stillHolds(member.revoking)) return;
      this.#setHeld(member, member.assigned, new Set());
    }
    const kept = new Set([...member.assigned].filter((place) => member.target.has(place)));
    const revoked = new Set([...member.assigned].filter((place) => !member.target.has(place)));
    if (revoked.size > 0 && stillHolds(revoked)) {
      this.#setHeld(member, kept, revoked);
      member.state = 'unrevoked';
      this.#awaitRevocation(member);
      return;
    }
    this.#setHeld(member, kept, new Set());
    const missing = [...member.target].filter((place) => !kept.has(place));
    const free = missing.filter((place) => !this.#holders.has(place));
    this.#setHeld(member, new Set([...kept, ...free]), new Set());
    member.state = free.length < missing.length ? 'unreleased' : 'stable';
    member.enterEpoch(this.#assignmentEpoch);
    this.#context.clock.cancel(member.rebalanceTimer);
  }

  #setHeld(member: ModernMember, assigned: ReadonlySet<string>, revoking: ReadonlySet<string>): void {
    for (const held of [member.assigned, member.revoking]) {
      for (const place of held) if (this.#holders.get(place) === member) this.#holders.delete(place);
    }
    member.assigned = assigned;
    member.revoking = revoking;
    for (const held of [assigned, revoking]) for (const place of held) this.#holders.set(place, member);
  }

  #awaitRevocation(member: ModernMember): void {
    this.#context.clock.cancel(member.rebalanceTimer);
    member.rebalanceTimer = this.#after(member.rebalanceTimeoutMs, () => this.#remove(member));
  }

  #watch(member: ModernMember): void {
    this.#context.clock.cancel(member.sessionTimer);
    member.sessionTimer = this.#after(this.#context.sessionTimeoutMs, () => this.#remove(member));
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

  /** What a member reads, and what it shall read, by topic. */
  assignments(memberId: string): {
    readonly current: readonly TopicPartitions[];
    readonly target: readonly TopicPartitions[];
  } {
    const member = this.#members.get(memberId);
    return {
      current: toTopicPartitions(member?.assigned ?? new Set()),
      target: toTopicPartitions(member?.target ?? new Set()),
    };
  }

  /** A topic is gone, and with it all places in it. */
  forgetTopic(topic: string): void {
    const left = (places: ReadonlySet<string>) => new Set([...places].filter((place) => topicOf(place) !== topic));
    for (const member of this.#members.values()) {
      this.#setHeld(member, left(member.assigned), left(member.revoking));
      member.target = left(member.target);
    }
    this.topicsChanged();
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
    this.#counts = record.counts;
    for (const saved of record.members) {
      const member = ModernMember.fromRecord(saved);
      this.#members.set(member.memberId, member);
      this.#setHeld(member, member.assigned, member.revoking);
      this.#watch(member);
      if (member.state === 'unrevoked') this.#awaitRevocation(member);
    }
  }

  #unknownMember(memberId: string): KafkaError {
    return new KafkaError(
      'UNKNOWN_MEMBER_ID',
      `'${memberId}' is no member of group '${this.id}'; join again with epoch 0`,
    );
  }

  #fencedInstance(holder: ModernMember, memberId: string): KafkaError {
    return new KafkaError(
      'FENCED_INSTANCE_ID',
      `'${holder.instanceId}' in group '${this.id}' is held by member '${holder.memberId}', not by '${memberId}'`,
    );
  }
}

/** @throws KafkaError INVALID_REQUEST, UNSUPPORTED_ASSIGNOR for a heartbeat that no group could understand */
export function checkHeartbeat(request: ConsumerHeartbeat, assignors: readonly string[]): void {
  const problem = problemOf(request);
  if (problem) throw new KafkaError('INVALID_REQUEST', problem);
  const { assignor } = request;
  if (assignor === null || (assignors.includes(assignor) && SERVER_ASSIGNORS.has(assignor))) return;
  throw new KafkaError(
    'UNSUPPORTED_ASSIGNOR',
    `assignor '${assignor}' is unknown; ${assignors.join(', ')} are supported`,
  );
}

function problemOf(request: ConsumerHeartbeat): string | undefined {
  const { memberEpoch, memberId, instanceId, rackId } = request;
  if (instanceId === '') return 'the instance id is empty; leave it out or give a name';
  if (rackId === '') return 'the rack id is empty; leave it out or give a name';
  if (memberEpoch < LEAVE_STATIC_EPOCH) return `member epoch ${memberEpoch} is not valid`;
  if (memberEpoch !== JOIN_EPOCH && memberId === '') return 'the member id is empty';
  if (memberEpoch === LEAVE_STATIC_EPOCH && instanceId === null) return 'only a static member leaves for a while';
  if (memberEpoch !== JOIN_EPOCH) return undefined;
  if (request.rebalanceTimeoutMs < 0) return 'a member that joins gives its rebalance timeout';
  if (request.topics === null && request.topicPattern === null) return 'a member that joins says what it reads';
  if (request.owned === null || request.owned.length > 0) return 'a member that joins holds no partitions';
  return undefined;
}

function topicOf(place: string): string {
  return place.slice(0, place.lastIndexOf('/'));
}

function toPlaces(owned: readonly TopicPartitions[]): string[] {
  return owned.flatMap(({ topic, partitions }) => partitions.map((partition) => `${topic}/${partition}`));
}

function toTopicPartitions(places: ReadonlySet<string>): TopicPartitions[] {
  const topics = new Map<string, number[]>();
  for (const place of places) {
    const topic = topicOf(place);
    const partitions = topics.get(topic) ?? [];
    partitions.push(Number(place.slice(topic.length + 1)));
    topics.set(topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions: partitions.sort((a, b) => a - b) }));
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
