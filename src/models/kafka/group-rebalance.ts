import type { Clock, Timer, TimerKind } from '../../core/clock.js';
import { copyBytes } from '../../core/message.js';
import type { Outbox } from '../../core/outbox.js';
import type { Random } from '../../core/random.js';
import type { ClassicGroup } from './consumer-group.js';
import { type ClassicMember, NO_BYTES, refusedJoin, refusedSync, type SyncRequest } from './group-member.js';
import type { ClassicGroupRecord, GroupRoster } from './group-roster.js';

export type ClassicGroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead';

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
 * The states of a classic group, and the timers that move it from one to the next: see ClassicGroup.
 *
 * Everybody is stopped, joins are parked until all are there or time is up; then a generation begins, and is complete
 * when the leader has shared out the work.
 */
export class GroupRebalance {
  readonly #roster: GroupRoster;
  readonly #context: ClassicGroupContext;
  readonly #changed: (rebalanced: boolean) => void;
  #state: ClassicGroupState = 'Empty';
  #stateSinceMs: number;
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

  constructor(roster: GroupRoster, context: ClassicGroupContext, changed: (rebalanced: boolean) => void) {
    this.#roster = roster;
    this.#context = context;
    this.#changed = changed;
    this.#stateSinceMs = context.clock.now;
  }

  get state(): ClassicGroupState {
    return this.#state;
  }

  /** When it came into its state. */
  get stateSinceMs(): number {
    return this.#stateSinceMs;
  }

  get running(): boolean {
    return this.#state === 'PreparingRebalance' || this.#state === 'CompletingRebalance';
  }

  /** The last complete generation; undefined for a group that never had one. */
  get record(): ClassicGroupRecord | undefined {
    return this.#record;
  }

  /** Keeps an id that was handed out, for as long as it may take to join with it. */
  reserve(memberId: string, forMs: number): void {
    this.#pendingIds.set(
      memberId,
      this.#after(forMs, () => this.#forgetPending(memberId)),
    );
  }

  get pendingCount(): number {
    return this.#pendingIds.size;
  }

  isPending(memberId: string): boolean {
    return this.#pendingIds.has(memberId);
  }

  dropPending(memberId: string): boolean {
    this.#context.clock.cancel(this.#pendingIds.get(memberId));
    return this.#pendingIds.delete(memberId);
  }

  #forgetPending(memberId: string): void {
    this.#pendingIds.delete(memberId);
    this.memberLeft();
  }

  /** A member joined that was not there: a first rebalance that is delayed waits for more. */
  noteJoin(): void {
    if (this.#initialWaitLeftMs !== undefined) this.#joinedDuringDelay = true;
  }

  /** A member has asked for its assignment. */
  noteSync(memberId: string): void {
    this.#missingSyncs.delete(memberId);
  }

  /** A static member has another id. */
  renamed(oldId: string, memberId: string): void {
    if (this.#missingSyncs.delete(oldId)) this.#missingSyncs.add(memberId);
  }

  /** Somebody has joined: a rebalance begins, or the one that runs may be complete. */
  proceed(): void {
    if (this.#state === 'PreparingRebalance') this.#completeJoinIfAllThere();
    else this.#prepareRebalance();
  }

  #prepareRebalance(): void {
    for (const member of this.#roster.members.values()) {
      member.parkedSync?.complete(refusedSync('REBALANCE_IN_PROGRESS'));
      member.parkedSync = undefined;
      if (this.#state === 'CompletingRebalance') member.assignment = NO_BYTES;
    }
    this.#context.clock.cancel(this.#syncTimer);
    this.#missingSyncs.clear();
    const first = this.#state === 'Empty';
    this.#enter('PreparingRebalance');
    this.#changed(false);
    // Whoever has an id and has not joined with it gives nobody time.
    if (!first && this.#roster.members.size === 0) return this.#completeJoin();
    if (!first) {
      this.#joinTimer = this.#after(this.#roster.rebalanceTimeoutMs, () => this.#completeJoin());
      return this.#completeJoinIfAllThere();
    }
    const delayMs = this.#context.initialRebalanceDelayMs;
    if (delayMs <= 0) return this.#completeJoin();
    this.#joinedDuringDelay = false;
    this.#delayFirstRebalance(delayMs, Math.max(this.#roster.rebalanceTimeoutMs - delayMs, 0));
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

  #completeJoinIfAllThere(): void {
    if (this.#initialWaitLeftMs !== undefined || this.#pendingIds.size > 0) return;
    if (this.#roster.joinedCount === this.#roster.members.size) this.#completeJoin();
  }

  /** Everybody has joined, or time is up for the others. */
  #completeJoin(): void {
    this.#context.clock.cancel(this.#joinTimer);
    this.#initialWaitLeftMs = undefined;
    for (const member of this.#roster.members.values()) {
      if (!member.parkedJoin && member.instanceId === null) this.remove(member);
    }
    if (this.#roster.members.size === 0) return this.#becomeEmpty();
    if (!this.#roster.electLeader()) {
      // Only static members that are away: their sessions decide.
      this.#joinTimer = this.#after(this.#roster.rebalanceTimeoutMs, () => this.#completeJoin());
      return;
    }
    this.#beginGeneration();
  }

  #becomeEmpty(): void {
    this.#roster.becomeEmpty();
    this.#enter('Empty');
    this.save();
    this.#changed(true);
  }

  #beginGeneration(): void {
    this.#roster.beginGeneration();
    this.#enter('CompletingRebalance');
    this.#missingSyncs.clear();
    for (const member of this.#roster.members.values()) {
      const parked = member.parkedJoin;
      member.parkedJoin = undefined;
      member.isNew = false;
      this.#missingSyncs.add(member.memberId);
      this.watch(member);
      parked?.complete(this.#roster.joinAnswer(member, member.memberId === this.#roster.leaderId));
    }
    const generationId = this.#roster.generationId;
    this.#syncTimer = this.#after(this.#roster.rebalanceTimeoutMs, () => this.#expireSync(generationId));
    this.#changed(true);
  }

  /** Members that never asked for their assignment are taken for dead. */
  #expireSync(generationId: number): void {
    if (generationId !== this.#roster.generationId || this.#missingSyncs.size === 0) return;
    if (this.#state !== 'CompletingRebalance' && this.#state !== 'Stable') return;
    for (const memberId of this.#missingSyncs) {
      const member = this.#roster.members.get(memberId);
      if (member) this.remove(member);
    }
    this.#prepareRebalance();
  }

  /** The leader's decision reaches everybody who waits. */
  share(assignments: SyncRequest['assignments']): void {
    const byMember = new Map(assignments.map(({ memberId, assignment }) => [memberId, assignment]));
    this.#enter('Stable');
    for (const member of this.#roster.members.values()) {
      const assignment = byMember.get(member.memberId);
      member.assignment = assignment ? copyBytes(assignment) : NO_BYTES;
      const parked = member.parkedSync;
      if (!parked) continue;
      member.parkedSync = undefined;
      this.watch(member);
      parked.complete(this.#roster.syncAnswer(member));
    }
    this.save();
    this.#changed(false);
  }

  remove(member: ClassicMember): void {
    const { memberId } = member;
    this.#context.clock.cancel(member.sessionTimer);
    // A client that still waits tries again under a new id.
    member.parkedJoin?.complete(refusedJoin('UNKNOWN_MEMBER_ID', ''));
    // Kafka forgets one that waits for the leader.
    member.parkedSync?.abandon();
    this.#roster.remove(member);
    this.#missingSyncs.delete(memberId);
  }

  /** After a member is gone, or an id that was handed out. */
  memberLeft(): void {
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

  /** Begins the session of a member anew. */
  watch(member: ClassicMember, timeoutMs = member.sessionTimeoutMs): void {
    this.#context.clock.cancel(member.sessionTimer);
    member.sessionTimer = timeoutMs === Infinity ? undefined : this.#after(timeoutMs, () => this.#expire(member));
  }

  /** The session of a member that does not know its id yet. */
  watchNew(member: ClassicMember): void {
    this.watch(member, NEW_MEMBER_JOIN_TIMEOUT_MS);
  }

  /** Nothing was heard of a member for too long. One whose request is parked cannot speak; it is not expired. */
  #expire(member: ClassicMember): void {
    if (!member.isNew && (member.parkedJoin || member.parkedSync)) return;
    this.remove(member);
    this.memberLeft();
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
    for (const member of this.#roster.members.values()) {
      clock.cancel(member.sessionTimer);
      member.parkedJoin?.abandon();
      member.parkedSync?.abandon();
    }
  }

  /** Becomes what a record says, as a coordinator that reads its log; sessions begin anew. */
  load(record: ClassicGroupRecord): void {
    this.#roster.load(record);
    for (const member of this.#roster.members.values()) this.watch(member);
    this.#enter(this.#roster.members.size > 0 ? 'Stable' : 'Empty');
    this.#stateSinceMs = record.stateSinceMs;
    this.#record = record;
  }

  /** The generation is complete as it stands: it survives its coordinator. */
  save(): void {
    this.#record = this.#roster.toRecord(this.#stateSinceMs);
  }

  #enter(state: ClassicGroupState): void {
    this.#state = state;
    this.#stateSinceMs = this.#context.clock.now;
  }

  #after(ms: number, fire: () => void, kind: TimerKind = 'liveness'): Timer {
    const { clock, outbox } = this.#context;
    return clock.schedule(clock.now + ms, () => outbox.run(fire), kind);
  }
}
