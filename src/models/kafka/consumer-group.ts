import type { Clock, Timer, TimerKind } from '../../core/clock.js';
import { Delayed } from '../../core/delayed.js';
import { invariant } from '../../core/errors.js';
import { copyBytes } from '../../core/message.js';
import type { Outbox } from '../../core/outbox.js';
import type { Random } from '../../core/random.js';
import { CONSUMER_PROTOCOL_TYPE, decodeSubscription } from './consumer-protocol.js';
import { KafkaError } from './errors.js';
import {
  ClassicMember,
  type GroupErrorCode,
  type JoinAnswer,
  type JoinedMember,
  type JoinRequest,
  type MemberRecord,
  NO_BYTES,
  type SyncAnswer,
} from './group-member.js';

export type ClassicGroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';

/** Who speaks, as every request of a member but the first says it. */
export interface MemberIdentity {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generationId: number;
}

export interface SyncRequest extends MemberIdentity {
  /** Null in versions that do not say. */
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  /** What the leader decided; ignored from anybody else. */
  readonly assignments: readonly { readonly memberId: string; readonly assignment: Uint8Array }[];
}

/** A group as it is kept over a restart: that of the last generation that was complete. */
export interface ClassicGroupRecord {
  readonly protocolType: string;
  readonly protocolName: string | null;
  readonly generationId: number;
  readonly leaderId: string | null;
  readonly stateSinceMs: number;
  readonly members: readonly MemberRecord[];
}

/** What a classic group needs from around it. */
export interface ClassicGroupContext {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly random: Random;
  /** How long an empty group waits for more members than its first, `group.initial.rebalance.delay.ms`. */
  readonly initialRebalanceDelayMs: number;
  /** `group.max.size`. */
  readonly maxSize: number;
  /** Called when the state or the members have changed, and for every new generation. */
  readonly changed: (group: ClassicGroup, rebalanced: boolean) => void;
}

/** A JoinGroup from a member whose id has not reached it is given up after this time. */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 300_000;

/**
 * A consumer group of the classic protocol, where the members rebalance all at once and one of them decides.
 *
 * | state               | what may happen, and where it leads                                                    |
 * |---------------------|----------------------------------------------------------------------------------------|
 * | Empty               | join: PreparingRebalance; delete: Dead                                                 |
 * | PreparingRebalance  | joins are parked; everybody there, or time is up: CompletingRebalance, Empty if nobody |
 * | CompletingRebalance | the leader syncs: Stable; a join, leave or silence: PreparingRebalance                 |
 * | Stable              | a join that changes something, leave or silence: PreparingRebalance                    |
 * | Dead                | nothing                                                                                |
 *
 * Answers are posted: nobody is called from the middle of a change.
 *
 * @see https://cwiki.apache.org/confluence/display/KAFKA/Kafka+Client-side+Assignment+Proposal
 */
export class ClassicGroup {
  readonly type = 'classic';
  readonly id: string;
  readonly #context: ClassicGroupContext;
  #state: ClassicGroupState = 'Empty';
  #stateSinceMs: number;
  #generationId = 0;
  #protocolType = '';
  #protocolName: string | null = null;
  #leaderId: string | null = null;
  /** Undefined while the members do not say, or not in a way that can be read. */
  #subscribedTopics: ReadonlySet<string> | undefined = new Set();
  readonly #members = new Map<string, ClassicMember>();
  readonly #staticMembers = new Map<string, ClassicMember>();
  /** Ids that were handed out and have not joined yet, each with the timer that forgets it. */
  readonly #pendingIds = new Map<string, Timer>();
  /** Members of this generation that have not asked for their assignment. */
  readonly #missingSyncs = new Set<string>();
  #joinTimer: Timer | undefined;
  #syncTimer: Timer | undefined;
  /** During the delay before a first rebalance: what is left of the longest wait; undefined otherwise. */
  #initialWaitLeftMs: number | undefined;
  #joinedDuringDelay = false;
  #record: ClassicGroupRecord | undefined;

  constructor(id: string, context: ClassicGroupContext) {
    this.id = id;
    this.#context = context;
    this.#stateSinceMs = context.clock.now;
  }

  get state(): ClassicGroupState {
    return this.#state;
  }

  /** When it came into its state. */
  get stateSinceMs(): number {
    return this.#stateSinceMs;
  }

  get generationId(): number {
    return this.#generationId;
  }

  /** Empty before the first member, and for groups that only hold offsets. */
  get protocolType(): string {
    return this.#protocolType;
  }

  get protocolName(): string | null {
    return this.#protocolName;
  }

  get leaderId(): string | null {
    return this.#leaderId;
  }

  get members(): ReadonlyMap<string, ClassicMember> {
    return this.#members;
  }

  get rebalancing(): boolean {
    return this.#state === 'PreparingRebalance' || this.#state === 'CompletingRebalance';
  }

  /** Whether a member reads this topic; true also when that cannot be known. */
  isSubscribedTo(topic: string): boolean {
    if (this.#subscribedTopics) return this.#subscribedTopics.has(topic);
    return this.#protocolType === CONSUMER_PROTOCOL_TYPE;
  }

  /** The last complete generation; undefined for a group that never had one. */
  get record(): ClassicGroupRecord | undefined {
    return this.#record;
  }

  /**
   * A member joins, for the first time or again.
   *
   * @param answer called once, at once or when the rebalance is complete, never before `join` has returned
   * @returns call it when nobody waits for the answer any more; the member has joined all the same
   * @throws KafkaError COORDINATOR_NOT_AVAILABLE, GROUP_MAX_SIZE_REACHED, INCONSISTENT_GROUP_PROTOCOL,
   *   UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID
   */
  join(request: JoinRequest, answer: (answer: JoinAnswer) => void): () => void {
    this.#checkAlive();
    this.#checkRoom(request.memberId);
    this.#checkProtocols(request);
    const parked = this.#park(answer);
    if (request.memberId === '') this.#joinNew(request, parked);
    else this.#joinKnown(request, parked);
    return () => void parked.abandon();
  }

  #park<T>(answer: (answer: T) => void): Delayed<T> {
    const { clock, outbox } = this.#context;
    return new Delayed<T>(clock, Infinity, neverDue, (result) => outbox.post(answer, result));
  }

  #checkAlive(): void {
    if (this.#state !== 'Dead') return;
    throw new KafkaError('COORDINATOR_NOT_AVAILABLE', `group '${this.id}' was deleted; ask for its coordinator again`);
  }

  #checkRoom(memberId: string): void {
    const { maxSize } = this.#context;
    const member = this.#members.get(memberId);
    let full = false;
    if (this.#state === 'PreparingRebalance') full = !member?.parkedJoin && this.#joinedCount() >= maxSize;
    else if (this.#state !== 'Empty') full = !member && this.#members.size >= maxSize;
    if (memberId === '' && this.#pendingIds.size >= maxSize) full = true;
    if (!full) return;
    throw new KafkaError('GROUP_MAX_SIZE_REACHED', `group '${this.id}' has its ${maxSize} members (group.max.size)`);
  }

  #checkProtocols({ protocolType, protocols }: JoinRequest): void {
    if (this.#members.size === 0) {
      if (protocolType !== '' && protocols.length > 0) return;
    } else if (protocolType === this.#protocolType) {
      const members = [...this.#members.values()];
      if (protocols.some(({ name }) => members.every((member) => member.offers(name)))) return;
    }
    const offered = protocols.map(({ name }) => name).join(', ') || 'none';
    throw new KafkaError(
      'INCONSISTENT_GROUP_PROTOCOL',
      `group '${this.id}' (type '${this.#protocolType}') has no protocol in common with type '${protocolType}': ${offered}`,
    );
  }

  #joinNew(request: JoinRequest, parked: Delayed<JoinAnswer>): void {
    const memberId = `${request.instanceId ?? request.clientId}-${this.#context.random.uuid()}`;
    const known = request.instanceId === null ? undefined : this.#staticMembers.get(request.instanceId);
    if (known) return this.#replaceStatic(known, memberId, request, parked);
    if (request.instanceId === null && request.requiresKnownId) {
      this.#pendingIds.set(
        memberId,
        this.#after(request.sessionTimeoutMs, () => this.#forgetPending(memberId)),
      );
      parked.complete(refusedJoin('MEMBER_ID_REQUIRED', memberId));
      return;
    }
    this.#add(memberId, request, parked);
  }

  #joinKnown(request: JoinRequest, parked: Delayed<JoinAnswer>): void {
    const { memberId } = request;
    if (this.#pendingIds.has(memberId)) return this.#add(memberId, request, parked);
    const member = this.#checkMember(memberId, request.instanceId);
    const same = member.offersSame(request.protocols);
    const leader = memberId === this.#leaderId;
    if (same && this.#state === 'CompletingRebalance') {
      parked.complete(this.#joinAnswer(member, leader));
    } else if (same && this.#state === 'Stable' && !leader) {
      parked.complete(this.#joinAnswer(member, false));
    } else {
      member.update(request);
      member.parkedJoin = parked;
      this.#rebalanceOrComplete();
    }
  }

  #add(memberId: string, request: JoinRequest, parked: Delayed<JoinAnswer>): void {
    this.#dropPending(memberId);
    const member = new ClassicMember(memberId, request);
    member.isNew = true;
    if (this.#members.size === 0) this.#protocolType = request.protocolType;
    this.#leaderId ??= memberId;
    this.#members.set(memberId, member);
    if (member.instanceId !== null) this.#staticMembers.set(member.instanceId, member);
    member.parkedJoin = parked;
    if (this.#initialWaitLeftMs !== undefined) this.#joinedDuringDelay = true;
    this.#watch(member, NEW_MEMBER_JOIN_TIMEOUT_MS);
    this.#rebalanceOrComplete();
  }

  /** A static member is back under a new id; the old one is fenced. */
  #replaceStatic(member: ClassicMember, memberId: string, request: JoinRequest, parked: Delayed<JoinAnswer>): void {
    const oldId = member.memberId;
    const wasLeader = this.#leaderId === oldId;
    member.parkedJoin?.complete(refusedJoin('FENCED_INSTANCE_ID', oldId));
    member.parkedSync?.complete(refusedSync('FENCED_INSTANCE_ID'));
    member.parkedJoin = undefined;
    member.parkedSync = undefined;
    this.#members.delete(oldId);
    member.memberId = memberId;
    this.#members.set(memberId, member);
    if (wasLeader) this.#leaderId = memberId;
    if (this.#missingSyncs.delete(oldId)) this.#missingSyncs.add(memberId);
    member.update(request);
    this.#watch(member);
    if (this.#state === 'Stable' && this.#chooseProtocol() === this.#protocolName) {
      this.#save();
      parked.complete({
        ...this.#joinAnswer(member, wasLeader && request.skipsAssignment),
        // Who cannot skip the assignment must not take itself for the leader.
        leaderId: wasLeader && !request.skipsAssignment ? oldId : (this.#leaderId as string),
        skipAssignment: wasLeader && request.skipsAssignment,
      });
      this.#context.changed(this, false);
      return;
    }
    member.parkedJoin = parked;
    this.#rebalanceOrComplete();
  }

  #rebalanceOrComplete(): void {
    if (this.#state === 'PreparingRebalance') this.#completeJoinIfAllThere();
    else this.#prepareRebalance();
  }

  #prepareRebalance(): void {
    for (const member of this.#members.values()) {
      member.parkedSync?.complete(refusedSync('REBALANCE_IN_PROGRESS'));
      member.parkedSync = undefined;
    }
    this.#context.clock.cancel(this.#syncTimer);
    this.#missingSyncs.clear();
    const first = this.#state === 'Empty';
    this.#enter('PreparingRebalance');
    this.#context.changed(this, false);
    if (!first) {
      this.#joinTimer = this.#after(this.rebalanceTimeoutMs, () => this.#completeJoin());
      return this.#completeJoinIfAllThere();
    }
    const delayMs = this.#context.initialRebalanceDelayMs;
    if (delayMs <= 0) return this.#completeJoin();
    this.#joinedDuringDelay = false;
    this.#delayFirstRebalance(delayMs, Math.max(this.rebalanceTimeoutMs - delayMs, 0));
  }

  /** Waits once more for as long as somebody has joined during the last wait. */
  #delayFirstRebalance(delayMs: number, leftMs: number): void {
    this.#initialWaitLeftMs = leftMs;
    const again = () => {
      if (!this.#joinedDuringDelay || leftMs === 0) return this.#completeJoin();
      this.#joinedDuringDelay = false;
      const next = Math.min(this.#context.initialRebalanceDelayMs, leftMs);
      this.#delayFirstRebalance(next, leftMs - next);
    };
    this.#joinTimer = this.#after(delayMs, again, 'data');
  }

  /** The longest time that a member gives the others: `max.poll.interval.ms` in Java, 60 s in kafkajs. */
  get rebalanceTimeoutMs(): number {
    let longest = 0;
    for (const { rebalanceTimeoutMs } of this.#members.values()) longest = Math.max(longest, rebalanceTimeoutMs);
    return longest;
  }

  #joinedCount(): number {
    let count = 0;
    for (const { parkedJoin } of this.#members.values()) if (parkedJoin) count++;
    return count;
  }

  #completeJoinIfAllThere(): void {
    if (this.#initialWaitLeftMs !== undefined || this.#pendingIds.size > 0) return;
    if (this.#joinedCount() === this.#members.size) this.#completeJoin();
  }

  /** Everybody has joined, or time is up for the others. */
  #completeJoin(): void {
    this.#context.clock.cancel(this.#joinTimer);
    this.#initialWaitLeftMs = undefined;
    for (const member of this.#members.values()) {
      if (!member.parkedJoin && member.instanceId === null) this.#remove(member);
    }
    if (this.#members.size === 0) return this.#becomeEmpty();
    if (!this.#electLeader()) {
      // Only static members that are away: their sessions decide.
      this.#joinTimer = this.#after(this.rebalanceTimeoutMs, () => this.#completeJoin());
      return;
    }
    this.#beginGeneration();
  }

  #becomeEmpty(): void {
    this.#generationId++;
    this.#protocolName = null;
    this.#subscribedTopics = new Set();
    this.#enter('Empty');
    this.#save();
    this.#context.changed(this, true);
  }

  /** The leader stays while it joins; otherwise it is the first that does. False when nobody does. */
  #electLeader(): boolean {
    if (this.#leaderId !== null && this.#members.get(this.#leaderId)?.parkedJoin) return true;
    for (const member of this.#members.values()) {
      if (!member.parkedJoin) continue;
      this.#leaderId = member.memberId;
      return true;
    }
    return false;
  }

  #beginGeneration(): void {
    this.#generationId++;
    this.#protocolName = this.#chooseProtocol();
    this.#subscribedTopics = this.#readSubscriptions();
    this.#enter('CompletingRebalance');
    this.#missingSyncs.clear();
    for (const member of this.#members.values()) {
      const parked = member.parkedJoin;
      member.parkedJoin = undefined;
      member.isNew = false;
      this.#missingSyncs.add(member.memberId);
      this.#watch(member);
      parked?.complete(this.#joinAnswer(member, member.memberId === this.#leaderId));
    }
    const generationId = this.#generationId;
    this.#syncTimer = this.#after(this.rebalanceTimeoutMs, () => this.#expireSync(generationId));
    this.#context.changed(this, true);
  }

  /** Every member votes for the first of its protocols that all of them know; the leader decides between equals. */
  #chooseProtocol(): string {
    const members = [...this.#members.values()];
    const leader = this.#members.get(this.#leaderId as string) as ClassicMember;
    const candidates = leader.protocols.map(({ name }) => name).filter((name) => members.every((m) => m.offers(name)));
    const votes = new Map(candidates.map((name) => [name, 0]));
    for (const member of members) {
      const vote = member.protocols.find(({ name }) => votes.has(name));
      if (vote) votes.set(vote.name, (votes.get(vote.name) as number) + 1);
    }
    const most = Math.max(...votes.values());
    const chosen = candidates.find((name) => votes.get(name) === most);
    invariant(chosen !== undefined, 'members that have no protocol in common were let in');
    return chosen;
  }

  #readSubscriptions(): ReadonlySet<string> | undefined {
    if (this.#protocolType !== CONSUMER_PROTOCOL_TYPE || this.#protocolName === null) return undefined;
    const topics = new Set<string>();
    for (const member of this.#members.values()) {
      const subscription = decodeSubscription(member.metadata(this.#protocolName));
      if (!subscription) return undefined;
      for (const topic of subscription.topics) topics.add(topic);
    }
    return topics;
  }

  /** Members that never asked for their assignment are taken for dead. */
  #expireSync(generationId: number): void {
    if (generationId !== this.#generationId || this.#missingSyncs.size === 0) return;
    if (this.#state !== 'CompletingRebalance' && this.#state !== 'Stable') return;
    for (const memberId of this.#missingSyncs) {
      const member = this.#members.get(memberId);
      if (member) this.#remove(member);
    }
    this.#prepareRebalance();
  }

  /**
   * A member asks for its assignment; the leader brings everybody's.
   *
   * @returns as `join` does
   * @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION, INCONSISTENT_GROUP_PROTOCOL,
   *   REBALANCE_IN_PROGRESS
   */
  sync(request: SyncRequest, answer: (answer: SyncAnswer) => void): () => void {
    const member = this.#checkIdentity(request);
    const { protocolType, protocolName } = request;
    if (
      (protocolType !== null && protocolType !== this.#protocolType) ||
      (protocolName !== null && protocolName !== this.#protocolName)
    ) {
      throw new KafkaError(
        'INCONSISTENT_GROUP_PROTOCOL',
        `group '${this.id}' uses ${this.#protocolType}/${this.#protocolName}, not ${protocolType}/${protocolName}`,
      );
    }
    if (this.#state === 'PreparingRebalance') throw this.#rebalanceInProgress();
    this.#missingSyncs.delete(member.memberId);
    const parked = this.#park(answer);
    if (this.#state === 'Stable') {
      this.#watch(member);
      parked.complete(this.#syncAnswer(member));
      return () => {};
    }
    member.parkedSync = parked;
    if (member.memberId === this.#leaderId) this.#share(request.assignments);
    return () => void parked.abandon();
  }

  /** The leader's decision reaches everybody who waits. */
  #share(assignments: SyncRequest['assignments']): void {
    const byMember = new Map(assignments.map(({ memberId, assignment }) => [memberId, assignment]));
    this.#enter('Stable');
    for (const member of this.#members.values()) {
      const assignment = byMember.get(member.memberId);
      member.assignment = assignment ? copyBytes(assignment) : NO_BYTES;
      const parked = member.parkedSync;
      if (!parked) continue;
      member.parkedSync = undefined;
      this.#watch(member);
      parked.complete(this.#syncAnswer(member));
    }
    this.#save();
    this.#context.changed(this, false);
  }

  /**
   * A member is alive.
   *
   * @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION, REBALANCE_IN_PROGRESS: join again
   */
  heartbeat(identity: MemberIdentity): void {
    const member = this.#checkIdentity(identity);
    this.#watch(member);
    if (this.#state === 'PreparingRebalance') throw this.#rebalanceInProgress();
  }

  /** A member leaves. By instance id alone an administrator removes a static one. @throws KafkaError as `heartbeat` */
  leave(memberId: string, instanceId: string | null): void {
    if (this.#dropPending(memberId)) return this.#afterRemoval();
    const known = memberId === '' && instanceId !== null ? this.#staticMembers.get(instanceId) : undefined;
    this.#remove(known ?? this.#checkMember(memberId, instanceId));
    this.#afterRemoval();
  }

  /**
   * Whether offsets may be committed under this identity.
   *
   * @throws KafkaError COORDINATOR_NOT_AVAILABLE, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION,
   *   REBALANCE_IN_PROGRESS
   */
  checkCommit(identity: MemberIdentity, transactional = false, _sendsMemberEpoch = false): void {
    this.#checkAlive();
    const { memberId, instanceId, generationId } = identity;
    const anonymous = generationId < 0 && memberId === '' && instanceId === null;
    if (generationId < 0 && this.#state === 'Empty') return;
    if (!anonymous) {
      this.#checkMember(memberId, instanceId);
      this.#checkGeneration(generationId);
    } else if (!transactional) {
      throw this.#unknownMember(memberId);
    }
    if (!transactional && this.#state === 'CompletingRebalance') throw this.#rebalanceInProgress();
  }

  /** A commit is a sign of life. */
  noteCommit(memberId: string): void {
    const member = this.#members.get(memberId);
    if (member && (this.#state === 'Stable' || this.#state === 'PreparingRebalance')) this.#watch(member);
  }

  /** Nothing is left of it; what still arrives is told to look for the coordinator again. */
  die(): void {
    this.suspend();
    this.#enter('Dead');
  }

  /** The coordinator is gone: no timer fires, nobody who waits is answered. */
  suspend(): void {
    const { clock } = this.#context;
    clock.cancel(this.#joinTimer);
    clock.cancel(this.#syncTimer);
    for (const timer of this.#pendingIds.values()) clock.cancel(timer);
    this.#pendingIds.clear();
    for (const member of this.#members.values()) {
      clock.cancel(member.sessionTimer);
      member.parkedJoin?.abandon();
      member.parkedSync?.abandon();
    }
  }

  /** Becomes what a record says, as a coordinator that reads its log; sessions begin anew. */
  load(record: ClassicGroupRecord): void {
    this.#protocolType = record.protocolType;
    this.#protocolName = record.protocolName;
    this.#generationId = record.generationId;
    this.#leaderId = record.leaderId;
    for (const saved of record.members) {
      const member = new ClassicMember(saved.memberId, saved);
      member.assignment = saved.assignment;
      this.#members.set(member.memberId, member);
      if (member.instanceId !== null) this.#staticMembers.set(member.instanceId, member);
      this.#watch(member);
    }
    this.#subscribedTopics = this.#members.size > 0 ? this.#readSubscriptions() : new Set();
    this.#enter(this.#members.size > 0 ? 'Stable' : 'Empty');
    this.#stateSinceMs = record.stateSinceMs;
    this.#record = record;
  }

  #save(): void {
    this.#record = {
      protocolType: this.#protocolType,
      protocolName: this.#protocolName,
      generationId: this.#generationId,
      leaderId: this.#leaderId,
      stateSinceMs: this.#stateSinceMs,
      members: [...this.#members.values()].map((member) => member.toRecord()),
    };
  }

  #enter(state: ClassicGroupState): void {
    this.#state = state;
    this.#stateSinceMs = this.#context.clock.now;
  }

  #after(ms: number, fire: () => void, kind: TimerKind = 'liveness'): Timer {
    const { clock, outbox } = this.#context;
    return clock.schedule(clock.now + ms, () => outbox.run(fire), kind);
  }

  /** Begins the session of a member anew. */
  #watch(member: ClassicMember, timeoutMs = member.sessionTimeoutMs): void {
    this.#context.clock.cancel(member.sessionTimer);
    member.sessionTimer = timeoutMs === Infinity ? undefined : this.#after(timeoutMs, () => this.#expire(member));
  }

  /** Nothing was heard of a member for too long. One whose request is parked cannot speak; it is not expired. */
  #expire(member: ClassicMember): void {
    if (!member.isNew && (member.parkedJoin || member.parkedSync)) return;
    this.#remove(member);
    this.#afterRemoval();
  }

  #forgetPending(memberId: string): void {
    this.#pendingIds.delete(memberId);
    this.#afterRemoval();
  }

  #dropPending(memberId: string): boolean {
    this.#context.clock.cancel(this.#pendingIds.get(memberId));
    return this.#pendingIds.delete(memberId);
  }

  #remove(member: ClassicMember): void {
    const { memberId, instanceId } = member;
    this.#context.clock.cancel(member.sessionTimer);
    // A client that still waits tries again under a new id.
    member.parkedJoin?.complete(refusedJoin('UNKNOWN_MEMBER_ID', memberId));
    member.parkedSync?.complete(refusedSync('UNKNOWN_MEMBER_ID'));
    this.#members.delete(memberId);
    if (instanceId !== null) this.#staticMembers.delete(instanceId);
    this.#missingSyncs.delete(memberId);
    if (this.#leaderId !== memberId) return;
    this.#leaderId = this.#members.keys().next().value ?? null;
  }

  #afterRemoval(): void {
    switch (this.#state) {
      case 'PreparingRebalance':
        return this.#completeJoinIfAllThere();
      case 'CompletingRebalance':
      case 'Stable':
        return this.#prepareRebalance();
      case 'Empty':
      case 'Dead':
        return;
      default:
        this.#state satisfies never;
    }
  }

  #checkMember(memberId: string, instanceId: string | null): ClassicMember {
    if (instanceId !== null) {
      const known = this.#staticMembers.get(instanceId);
      if (!known) throw this.#unknownMember(memberId);
      if (known.memberId !== memberId) {
        throw new KafkaError(
          'FENCED_INSTANCE_ID',
          `'${instanceId}' in group '${this.id}' is held by member '${known.memberId}', not by '${memberId}'`,
        );
      }
    }
    const member = this.#members.get(memberId);
    if (!member) throw this.#unknownMember(memberId);
    return member;
  }

  #checkIdentity({ memberId, instanceId, generationId }: MemberIdentity): ClassicMember {
    this.#checkAlive();
    const member = this.#checkMember(memberId, instanceId);
    this.#checkGeneration(generationId);
    return member;
  }

  #checkGeneration(generationId: number): void {
    if (generationId === this.#generationId) return;
    throw new KafkaError(
      'ILLEGAL_GENERATION',
      `group '${this.id}' is in generation ${this.#generationId}, not in ${generationId}; join again`,
    );
  }

  #unknownMember(memberId: string): KafkaError {
    return new KafkaError('UNKNOWN_MEMBER_ID', `'${memberId}' is no member of group '${this.id}'; join again`);
  }

  #rebalanceInProgress(): KafkaError {
    return new KafkaError('REBALANCE_IN_PROGRESS', `group '${this.id}' is rebalancing; join again`);
  }

  #joinAnswer(member: ClassicMember, withMembers: boolean): JoinAnswer {
    return {
      error: 'NONE',
      memberId: member.memberId,
      generationId: this.#generationId,
      protocolType: this.#protocolType,
      protocolName: this.#protocolName,
      leaderId: this.#leaderId as string,
      skipAssignment: false,
      members: withMembers ? this.#joinedMembers() : [],
    };
  }

  #joinedMembers(): JoinedMember[] {
    const protocolName = this.#protocolName as string;
    return [...this.#members.values()].map((member) => ({
      memberId: member.memberId,
      instanceId: member.instanceId,
      metadata: member.metadata(protocolName),
    }));
  }

  #syncAnswer(member: ClassicMember): SyncAnswer {
    return {
      error: 'NONE',
      protocolType: this.#protocolType,
      protocolName: this.#protocolName,
      assignment: member.assignment,
    };
  }
}

/** The answer to a join that leads nowhere. */
function refusedJoin(error: GroupErrorCode, memberId: string): JoinAnswer {
  return {
    error,
    memberId,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leaderId: '',
    skipAssignment: false,
    members: [],
  };
}

function refusedSync(error: GroupErrorCode): SyncAnswer {
  return { error, protocolType: null, protocolName: null, assignment: NO_BYTES };
}

function neverDue(): never {
  throw new Error('a parked request of a group has no deadline of its own');
}
