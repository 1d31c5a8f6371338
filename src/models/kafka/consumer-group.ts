import { Delayed } from '../../core/delayed.js';
import { KafkaError } from './errors.js';
import {
  ClassicMember,
  type JoinAnswer,
  type JoinRequest,
  type MemberIdentity,
  refusedJoin,
  refusedSync,
  type SyncAnswer,
  type SyncRequest,
} from './group-member.js';
import { type ClassicGroupContext, type ClassicGroupState, GroupRebalance } from './group-rebalance.js';
import { type ClassicGroupRecord, GroupRoster } from './group-roster.js';

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
  readonly #roster: GroupRoster;
  readonly #rebalance: GroupRebalance;

  constructor(id: string, context: ClassicGroupContext) {
    this.id = id;
    this.#roster = new GroupRoster(id);
    this.#context = context;
    this.#rebalance = new GroupRebalance(this.#roster, context, (rebalanced) => context.changed(this, rebalanced));
  }

  get state(): ClassicGroupState {
    return this.#rebalance.state;
  }

  /** When it came into its state. */
  get stateSinceMs(): number {
    return this.#rebalance.stateSinceMs;
  }

  get rebalancing(): boolean {
    return this.#rebalance.running;
  }

  /** The last complete generation; undefined for a group that never had one. */
  get record(): ClassicGroupRecord | undefined {
    return this.#rebalance.record;
  }

  get generationId(): number {
    return this.#roster.generationId;
  }

  /** Empty before the first member, and for groups that only hold offsets. */
  get protocolType(): string {
    return this.#roster.protocolType;
  }

  get protocolName(): string | null {
    return this.#roster.protocolName;
  }

  get leaderId(): string | null {
    return this.#roster.leaderId;
  }

  get members(): ReadonlyMap<string, ClassicMember> {
    return this.#roster.members;
  }

  /** The longest time that a member gives the others: `max.poll.interval.ms` in Java, 60 s in kafkajs. */
  get rebalanceTimeoutMs(): number {
    return this.#roster.rebalanceTimeoutMs;
  }

  /** Whether a member reads this topic; true also when that cannot be known. */
  isSubscribedTo(topic: string): boolean {
    return this.#roster.isSubscribedTo(topic);
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
    this.#roster.checkProtocols(request);
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
    if (this.#rebalance.state !== 'Dead') return;
    throw new KafkaError('COORDINATOR_NOT_AVAILABLE', `group '${this.id}' was deleted; ask for its coordinator again`);
  }

  #checkRoom(memberId: string): void {
    const { maxSize } = this.#context;
    const member = this.#roster.members.get(memberId);
    let full = false;
    if (this.#rebalance.state === 'PreparingRebalance')
      full = !member?.parkedJoin && this.#roster.joinedCount >= maxSize;
    else if (this.#rebalance.state !== 'Empty') full = !member && this.#roster.members.size >= maxSize;
    if (memberId === '' && this.#rebalance.pendingCount >= maxSize) full = true;
    if (!full) return;
    throw new KafkaError('GROUP_MAX_SIZE_REACHED', `group '${this.id}' has its ${maxSize} members (group.max.size)`);
  }

  #joinNew(request: JoinRequest, parked: Delayed<JoinAnswer>): void {
    const memberId = `${request.instanceId ?? request.clientId}-${this.#context.random.uuid()}`;
    const known = request.instanceId === null ? undefined : this.#roster.staticMembers.get(request.instanceId);
    if (known) return this.#replaceStatic(known, memberId, request, parked);
    if (request.instanceId === null && request.requiresKnownId) {
      this.#rebalance.reserve(memberId, request.sessionTimeoutMs);
      parked.complete(refusedJoin('MEMBER_ID_REQUIRED', memberId));
      return;
    }
    this.#add(memberId, request, parked);
  }

  #joinKnown(request: JoinRequest, parked: Delayed<JoinAnswer>): void {
    const { memberId } = request;
    if (this.#rebalance.isPending(memberId)) {
      // Ids are handed out to those only who are no static members.
      if (request.instanceId !== null)
        throw new KafkaError('UNKNOWN_SERVER_ERROR', `'${memberId}' is no static member`);
      return this.#add(memberId, request, parked);
    }
    const member = this.#roster.checkMember(memberId, request.instanceId);
    const same = member.offersSame(request.protocols);
    const leader = memberId === this.#roster.leaderId;
    if (same && this.#rebalance.state === 'CompletingRebalance') {
      parked.complete(this.#roster.joinAnswer(member, leader));
    } else if (same && this.#rebalance.state === 'Stable' && !leader) {
      parked.complete(this.#roster.joinAnswer(member, false));
    } else {
      member.update(request);
      member.parkedJoin = parked;
      this.#rebalance.proceed();
    }
  }

  #add(memberId: string, request: JoinRequest, parked: Delayed<JoinAnswer>): void {
    this.#rebalance.dropPending(memberId);
    const member = new ClassicMember(memberId, request);
    member.isNew = true;
    if (this.#roster.members.size === 0) this.#roster.protocolType = request.protocolType;
    this.#roster.add(member);
    member.parkedJoin = parked;
    this.#rebalance.noteJoin();
    this.#rebalance.watchNew(member);
    this.#rebalance.proceed();
  }

  /** A static member is back under a new id; the old one is fenced. */
  #replaceStatic(member: ClassicMember, memberId: string, request: JoinRequest, parked: Delayed<JoinAnswer>): void {
    const oldId = member.memberId;
    const wasLeader = this.#roster.leaderId === oldId;
    member.parkedJoin?.complete(refusedJoin('FENCED_INSTANCE_ID', oldId));
    member.parkedSync?.complete(refusedSync('FENCED_INSTANCE_ID'));
    member.parkedJoin = undefined;
    member.parkedSync = undefined;
    this.#roster.rename(member, memberId);
    this.#rebalance.renamed(oldId, memberId);
    member.update(request);
    this.#rebalance.watch(member);
    if (this.#rebalance.state === 'Stable' && this.#roster.chooseProtocol() === this.#roster.protocolName) {
      this.#rebalance.save();
      parked.complete({
        ...this.#roster.joinAnswer(member, wasLeader && request.skipsAssignment),
        // Who cannot skip the assignment must not take itself for the leader.
        leaderId: wasLeader && !request.skipsAssignment ? oldId : (this.#roster.leaderId as string),
        skipAssignment: wasLeader && request.skipsAssignment,
      });
      this.#context.changed(this, false);
      return;
    }
    member.parkedJoin = parked;
    this.#rebalance.proceed();
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
      (protocolType !== null && protocolType !== this.#roster.protocolType) ||
      (protocolName !== null && protocolName !== this.#roster.protocolName)
    ) {
      throw new KafkaError(
        'INCONSISTENT_GROUP_PROTOCOL',
        `group '${this.id}' uses ${this.#roster.protocolType}/${this.#roster.protocolName}, not ${protocolType}/${protocolName}`,
      );
    }
    if (this.#rebalance.state === 'PreparingRebalance') throw this.#rebalanceInProgress();
    this.#rebalance.noteSync(member.memberId);
    const parked = this.#park(answer);
    // To ask once more is no sign of life.
    if (this.#rebalance.state === 'Stable') {
      parked.complete(this.#roster.syncAnswer(member));
      return () => {};
    }
    member.parkedSync = parked;
    if (member.memberId === this.#roster.leaderId) this.#rebalance.share(request.assignments);
    return () => void parked.abandon();
  }

  /**
   * A member is alive.
   *
   * @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID, ILLEGAL_GENERATION, REBALANCE_IN_PROGRESS: join again
   */
  heartbeat(identity: MemberIdentity): void {
    const member = this.#checkIdentity(identity);
    this.#rebalance.watch(member);
    if (this.#rebalance.state === 'PreparingRebalance') throw this.#rebalanceInProgress();
  }

  /**
   * A member leaves; `membersLeft` says that all have who do. By instance id alone an administrator removes a static one.
   *
   * @throws KafkaError as `heartbeat`
   */
  dismiss(memberId: string, instanceId: string | null): void {
    if (this.#rebalance.dropPending(memberId)) return;
    const known = memberId === '' && instanceId !== null ? this.#roster.staticMembers.get(instanceId) : undefined;
    this.#rebalance.remove(known ?? this.#roster.checkMember(memberId, instanceId));
  }

  /** The others go on without them. */
  membersLeft(): void {
    this.#rebalance.memberLeft();
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
    if (generationId < 0 && this.#rebalance.state === 'Empty') return;
    if (!anonymous) {
      this.#roster.checkMember(memberId, instanceId);
      this.#roster.checkGeneration(generationId);
    } else if (!transactional) {
      throw this.#roster.unknownMember(memberId);
    }
    if (!transactional && this.#rebalance.state === 'CompletingRebalance') throw this.#rebalanceInProgress();
  }

  /** A commit is a sign of life. */
  noteCommit(memberId: string): void {
    const member = this.#roster.members.get(memberId);
    const { state } = this.#rebalance;
    if (member && (state === 'Stable' || state === 'PreparingRebalance')) this.#rebalance.watch(member);
  }

  /** Nothing is left of it; what still arrives is told to look for the coordinator again. */
  die(): void {
    this.#rebalance.die();
  }

  /** The coordinator is gone: no timer fires, nobody who waits is answered. */
  suspend(): void {
    this.#rebalance.suspend();
  }

  /** Becomes what a record says, as a coordinator that reads its log; sessions begin anew. */
  load(record: ClassicGroupRecord): void {
    this.#rebalance.load(record);
  }

  #checkIdentity({ memberId, instanceId, generationId }: MemberIdentity): ClassicMember {
    this.#checkAlive();
    const member = this.#roster.checkMember(memberId, instanceId);
    this.#roster.checkGeneration(generationId);
    return member;
  }

  #rebalanceInProgress(): KafkaError {
    return new KafkaError('REBALANCE_IN_PROGRESS', `group '${this.id}' is rebalancing; join again`);
  }
}

function neverDue(): never {
  throw new Error('a parked request of a group has no deadline of its own');
}
