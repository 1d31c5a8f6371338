import { invariant } from '../../core/errors.js';
import { CONSUMER_PROTOCOL_TYPE, decodeSubscription } from './consumer-protocol.js';
import { KafkaError } from './errors.js';
import {
  ClassicMember,
  type JoinAnswer,
  type JoinedMember,
  type JoinRequest,
  type MemberRecord,
  type SyncAnswer,
} from './group-member.js';
import { bucketOf } from './java-hash.js';

/** A group as it is kept over a restart: that of the last generation that was complete. */
export interface ClassicGroupRecord {
  readonly protocolType: string;
  readonly protocolName: string | null;
  readonly generationId: number;
  readonly leaderId: string | null;
  readonly stateSinceMs: number;
  readonly members: readonly MemberRecord[];
}

/** Who is in a classic group and what they agreed on: its generation, protocol and leader. */
export class GroupRoster {
  readonly id: string;
  readonly members = new Map<string, ClassicMember>();
  readonly staticMembers = new Map<string, ClassicMember>();
  generationId = 0;
  /** Empty before the first member, and for groups that only hold offsets. */
  protocolType = '';
  protocolName: string | null = null;
  leaderId: string | null = null;
  /** Undefined while the members do not say, or not in a way that can be read. */
  #subscribedTopics: ReadonlySet<string> | undefined = new Set();

  constructor(id: string) {
    this.id = id;
  }

  /** Whether a member reads this topic; true also when that cannot be known. */
  isSubscribedTo(topic: string): boolean {
    if (this.#subscribedTopics) return this.#subscribedTopics.has(topic);
    return this.protocolType === CONSUMER_PROTOCOL_TYPE;
  }

  /** The longest time that a member gives the others: `max.poll.interval.ms` in Java, 60 s in kafkajs. */
  get rebalanceTimeoutMs(): number {
    let longest = 0;
    for (const { rebalanceTimeoutMs } of this.members.values()) longest = Math.max(longest, rebalanceTimeoutMs);
    return longest;
  }

  /** How many wait for the others. */
  get joinedCount(): number {
    let count = 0;
    for (const { parkedJoin } of this.members.values()) if (parkedJoin) count++;
    return count;
  }

  add(member: ClassicMember): void {
    this.leaderId ??= member.memberId;
    this.members.set(member.memberId, member);
    if (member.instanceId !== null) this.staticMembers.set(member.instanceId, member);
  }

  /** The same static member goes on under another id. */
  rename(member: ClassicMember, memberId: string): void {
    this.members.delete(member.memberId);
    if (this.leaderId === member.memberId) this.leaderId = memberId;
    member.memberId = memberId;
    this.members.set(memberId, member);
  }

  remove({ memberId, instanceId }: ClassicMember): void {
    this.members.delete(memberId);
    if (instanceId !== null) this.staticMembers.delete(instanceId);
    if (this.leaderId === memberId) this.leaderId = this.members.keys().next().value ?? null;
  }

  /** Everybody has gone. */
  becomeEmpty(): void {
    this.generationId++;
    this.protocolName = null;
    this.#subscribedTopics = new Set();
  }

  /** Those who are here go on together, in a protocol that all of them know. */
  beginGeneration(): void {
    this.generationId++;
    this.protocolName = this.chooseProtocol();
    this.#subscribedTopics = this.#readSubscriptions();
  }

  /** The leader stays while it joins; otherwise it is the first that does. False when nobody does. */
  electLeader(): boolean {
    if (this.leaderId !== null && this.members.get(this.leaderId)?.parkedJoin) return true;
    for (const member of this.members.values()) {
      if (!member.parkedJoin) continue;
      this.leaderId = member.memberId;
      return true;
    }
    return false;
  }

  /**
   * Every member votes for the first of its protocols that all of them know. Between equals Kafka takes the first in its
   * table of votes, and the leader decides between those that share a place there.
   */
  chooseProtocol(): string {
    const members = [...this.members.values()];
    const leader = this.members.get(this.leaderId as string) as ClassicMember;
    const candidates = leader.protocols.map(({ name }) => name).filter((name) => members.every((m) => m.offers(name)));
    const votes = new Map(candidates.map((name) => [name, 0]));
    for (const member of members) {
      const vote = member.protocols.find(({ name }) => votes.has(name));
      if (vote) votes.set(vote.name, (votes.get(vote.name) as number) + 1);
    }
    const most = Math.max(...votes.values());
    const [chosen] = candidates
      .filter((name) => votes.get(name) === most)
      .sort((one, other) => bucketOf(one) - bucketOf(other));
    invariant(chosen !== undefined, 'members that have no protocol in common were let in');
    return chosen;
  }

  #readSubscriptions(): ReadonlySet<string> | undefined {
    if (this.protocolType !== CONSUMER_PROTOCOL_TYPE || this.protocolName === null) return undefined;
    const topics = new Set<string>();
    for (const member of this.members.values()) {
      const subscription = decodeSubscription(member.metadata(this.protocolName));
      if (!subscription) return undefined;
      for (const topic of subscription.topics) topics.add(topic);
    }
    return topics;
  }

  /** @throws KafkaError INCONSISTENT_GROUP_PROTOCOL */
  checkProtocols({ protocolType, protocols }: JoinRequest): void {
    if (this.members.size === 0) {
      if (protocolType !== '' && protocols.length > 0) return;
    } else if (protocolType === this.protocolType) {
      const members = [...this.members.values()];
      if (protocols.some(({ name }) => members.every((member) => member.offers(name)))) return;
    }
    const offered = protocols.map(({ name }) => name).join(', ') || 'none';
    throw new KafkaError(
      'INCONSISTENT_GROUP_PROTOCOL',
      `group '${this.id}' (type '${this.protocolType}') has no protocol in common with type '${protocolType}': ${offered}`,
    );
  }

  /** @throws KafkaError UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID */
  checkMember(memberId: string, instanceId: string | null): ClassicMember {
    if (instanceId !== null) {
      const known = this.staticMembers.get(instanceId);
      if (!known) throw this.unknownMember(memberId);
      if (known.memberId !== memberId) {
        throw new KafkaError(
          'FENCED_INSTANCE_ID',
          `'${instanceId}' in group '${this.id}' is held by member '${known.memberId}', not by '${memberId}'`,
        );
      }
    }
    const member = this.members.get(memberId);
    if (!member) throw this.unknownMember(memberId);
    return member;
  }

  /** @throws KafkaError ILLEGAL_GENERATION */
  checkGeneration(generationId: number): void {
    if (generationId === this.generationId) return;
    throw new KafkaError(
      'ILLEGAL_GENERATION',
      `group '${this.id}' is in generation ${this.generationId}, not in ${generationId}; join again`,
    );
  }

  unknownMember(memberId: string): KafkaError {
    return new KafkaError('UNKNOWN_MEMBER_ID', `'${memberId}' is no member of group '${this.id}'; join again`);
  }

  joinAnswer(member: ClassicMember, withMembers: boolean): JoinAnswer {
    return {
      error: 'NONE',
      memberId: member.memberId,
      generationId: this.generationId,
      protocolType: this.protocolType,
      protocolName: this.protocolName,
      leaderId: this.leaderId as string,
      skipAssignment: false,
      members: withMembers ? this.#joinedMembers() : [],
    };
  }

  #joinedMembers(): JoinedMember[] {
    const protocolName = this.protocolName as string;
    return [...this.members.values()].map((member) => ({
      memberId: member.memberId,
      instanceId: member.instanceId,
      metadata: member.metadata(protocolName),
    }));
  }

  syncAnswer(member: ClassicMember): SyncAnswer {
    return {
      error: 'NONE',
      protocolType: this.protocolType,
      protocolName: this.protocolName,
      assignment: member.assignment,
    };
  }

  /** As a coordinator that reads its log finds it. */
  load(record: ClassicGroupRecord): void {
    this.protocolType = record.protocolType;
    this.protocolName = record.protocolName;
    this.generationId = record.generationId;
    this.leaderId = record.leaderId;
    for (const saved of record.members) {
      const member = new ClassicMember(saved.memberId, saved);
      member.assignment = saved.assignment;
      this.add(member);
    }
    this.#subscribedTopics = this.members.size > 0 ? this.#readSubscriptions() : new Set();
  }

  toRecord(stateSinceMs: number): ClassicGroupRecord {
    return {
      protocolType: this.protocolType,
      protocolName: this.protocolName,
      generationId: this.generationId,
      leaderId: this.leaderId,
      stateSinceMs,
      members: [...this.members.values()].map((member) => member.toRecord()),
    };
  }
}
