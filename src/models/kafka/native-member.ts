import type { ModelContext } from '../../core/model.js';
import { ASSIGNORS, type AssignorMember } from './assignor/index.js';
import type { Cluster } from './cluster.js';
import type { ClassicGroup } from './consumer-group.js';
import {
  CONSUMER_PROTOCOL_TYPE,
  decodeAssignment,
  decodeGenerationUserData,
  decodeStickyUserData,
  decodeSubscription,
  encodeAssignment,
  encodeStickyUserData,
  encodeSubscription,
  type TopicPartitions,
} from './consumer-protocol.js';
import { KafkaError } from './errors.js';
import type { GroupCoordinator } from './group-coordinator.js';
import type { GroupProtocol, JoinAnswer, JoinedMember, MemberIdentity, SyncAnswer } from './group-member.js';
import type { OffsetCommit } from './group-view.js';

/** What a native member is told, and asked. */
export interface MemberListener {
  /** Whether it may give up what it has now, to join a rebalance: not while a record is being worked on. */
  readonly ready: () => boolean;
  /** A new assignment. @param keeps whether partitions that stay are read on where they are */
  readonly assigned: (assignment: readonly TopicPartitions[], keeps: boolean) => void;
  /** It is out for good. */
  readonly failed: (error: KafkaError) => void;
}

export interface MemberOptions {
  readonly topics: readonly string[];
  /** Names of assignors, in the order of preference. */
  readonly assignors: readonly string[];
  readonly clientId: string;
  readonly instanceId: string | null;
  readonly rebalanceTimeoutMs: number;
}

const COOPERATIVE = 'cooperative-sticky';

/**
 * A member of a classic group within this process: takes part in rebalances as a client does, without heartbeats, since
 * it cannot fall silent. It joins a rebalance as soon as its owner is ready.
 */
export class NativeMember {
  readonly groupId: string;
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  readonly #groups: GroupCoordinator;
  readonly #options: MemberOptions;
  readonly #listener: MemberListener;
  #memberId = '';
  #generationId = -1;
  #protocolName = '';
  #owned: readonly TopicPartitions[] = [];
  #leads = false;
  /** Waits for the answer to a join or sync of this group; undefined while it waits for nothing. */
  #asked: ClassicGroup | undefined;
  #left = false;
  /** Partition counts that the last assignment of this leader was made from. */
  #assignedFrom = '';
  readonly #stops: readonly (() => void)[];

  constructor(
    context: ModelContext,
    cluster: Cluster,
    groups: GroupCoordinator,
    groupId: string,
    options: MemberOptions,
    listener: MemberListener,
  ) {
    this.#context = context;
    this.#cluster = cluster;
    this.#groups = groups;
    this.groupId = groupId;
    this.#options = options;
    this.#listener = listener;
    this.#stops = [
      groups.onChange((changed) => {
        if (changed === groupId) this.follow();
      }),
      cluster.onTopicChange(() => context.outbox.post(this.#topicsChanged, undefined)),
    ];
  }

  get identity(): MemberIdentity {
    const { instanceId } = this.#options;
    return { memberId: this.#memberId, instanceId, generationId: this.#generationId };
  }

  /** Whether it has its part of the present generation. */
  get settled(): boolean {
    return this.#asked === undefined && !this.#isBehind();
  }

  /** Joins for the first time, and whenever it has to again and is ready. @throws KafkaError when it cannot be let in */
  follow(): void {
    if (this.#left || !this.#isBehind()) return;
    if (this.#isFenced()) {
      const { instanceId } = this.#options;
      return this.#fail(new KafkaError('FENCED_INSTANCE_ID', `another consumer is '${instanceId}' by now`));
    }
    if (this.#listener.ready()) this.#join();
  }

  /** Whether the group has moved on without it. */
  #isBehind(): boolean {
    const group = this.#groups.classic(this.groupId);
    if (this.#asked) return this.#asked !== group;
    const member = group?.members.get(this.#memberId);
    if (!group || !member) return true;
    return group.state === 'PreparingRebalance' || group.generationId !== this.#generationId;
  }

  /** Whether somebody else has come under its static name. */
  #isFenced(): boolean {
    const { instanceId } = this.#options;
    if (instanceId === null || this.#memberId === '') return false;
    for (const member of this.#groups.classic(this.groupId)?.members.values() ?? []) {
      if (member.instanceId === instanceId) return member.memberId !== this.#memberId;
    }
    return false;
  }

  #join(): void {
    const { clientId, instanceId, rebalanceTimeoutMs } = this.#options;
    const known = this.#groups.classic(this.groupId)?.members.has(this.#memberId) ?? false;
    const request = {
      memberId: known ? this.#memberId : '',
      instanceId,
      clientId,
      clientHost: '/127.0.0.1',
      sessionTimeoutMs: Infinity,
      rebalanceTimeoutMs,
      protocolType: CONSUMER_PROTOCOL_TYPE,
      protocols: this.#protocols(),
      requiresKnownId: false,
      skipsAssignment: false,
    };
    try {
      this.#context.outbox.run(() => {
        this.#groups.join(this.groupId, request, (answer) => this.#joined(answer));
        this.#asked = this.#groups.classic(this.groupId);
      });
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      this.#fail(error);
    }
  }

  #protocols(): GroupProtocol[] {
    const { topics, assignors } = this.#options;
    return assignors.map((name) => ({
      name,
      metadata: encodeSubscription({
        topics,
        // Who revokes everything before it joins owns nothing then; sticky ones say what they had all the same.
        owned: name === COOPERATIVE ? this.#owned : [],
        userData: name === 'sticky' ? encodeStickyUserData(this.#owned, this.#generationId) : null,
        generation: this.#generationId,
      }),
    }));
  }

  #joined(answer: JoinAnswer): void {
    if (this.#left) return;
    this.#asked = undefined;
    if (answer.error !== 'NONE') return this.#refused(answer.error);
    this.#memberId = answer.memberId;
    this.#generationId = answer.generationId;
    this.#protocolName = answer.protocolName as string;
    this.#leads = answer.leaderId === answer.memberId && answer.members.length > 0;
    const { protocolName: name, protocolType: type } = answer;
    const assignments = this.#leads ? this.#assign(answer.members) : [];
    try {
      this.#context.outbox.run(() => {
        const request = { ...this.identity, protocolType: type, protocolName: name, assignments };
        this.#groups.sync(this.groupId, request, (synced) => this.#synced(synced));
        this.#asked = this.#groups.classic(this.groupId);
      });
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      this.#refused(error.code);
    }
  }

  #assign(members: readonly JoinedMember[]) {
    const assignor = ASSIGNORS.get(this.#protocolName);
    const shares = members.map((member) => toAssignorMember(member, this.#protocolName));
    const counts = this.#partitionCounts(shares.flatMap(({ topics }) => topics));
    this.#assignedFrom = JSON.stringify([...counts]);
    const assignment = assignor?.assign(shares, counts) ?? new Map<string, readonly TopicPartitions[]>();
    return [...assignment].map(([memberId, given]) => ({ memberId, assignment: encodeAssignment(given) }));
  }

  #partitionCounts(topics: readonly string[]): Map<string, number> {
    const counts = new Map<string, number>();
    for (const name of [...new Set(topics)].sort()) {
      const topic = this.#cluster.topic(name);
      if (topic) counts.set(name, topic.partitions.length);
    }
    return counts;
  }

  #synced(answer: SyncAnswer): void {
    if (this.#left) return;
    this.#asked = undefined;
    if (answer.error !== 'NONE') return this.#refused(answer.error);
    const assigned = decodeAssignment(answer.assignment) ?? [];
    const keeps = this.#protocolName === COOPERATIVE;
    const before = this.#owned;
    this.#owned = assigned;
    // A cooperative member that gives something up joins again, so that another one can have it.
    if (keeps && isMissing(before, assigned)) this.#join();
    this.#listener.assigned(assigned, keeps);
    this.follow();
  }

  #refused(code: string): void {
    switch (code) {
      case 'UNKNOWN_MEMBER_ID':
        this.#memberId = '';
        this.#generationId = -1;
        break;
      case 'REBALANCE_IN_PROGRESS':
      case 'ILLEGAL_GENERATION':
        break;
      default:
        return this.#fail(new KafkaError(code as KafkaError['code'], `group '${this.groupId}' refused its member`));
    }
    this.follow();
  }

  #fail(error: KafkaError): void {
    this.#end();
    this.#listener.failed(error);
  }

  /** A leader shares out again when topics that somebody reads came, grew or went. */
  readonly #topicsChanged = (): void => {
    if (this.#left || !this.#leads || this.#asked) return;
    const group = this.#groups.classic(this.groupId);
    if (group?.leaderId !== this.#memberId || group.state !== 'Stable') return;
    const topics = [...group.members.values()].flatMap(
      (member) => decodeSubscription(member.metadata(this.#protocolName))?.topics ?? [],
    );
    if (JSON.stringify([...this.#partitionCounts(topics)]) !== this.#assignedFrom) this.#join();
  };

  /** @throws KafkaError REBALANCE_IN_PROGRESS and others, as GroupCoordinator.commitOffsets */
  commit(commits: readonly OffsetCommit[]): void {
    const results = this.#groups.commitOffsets(this.groupId, this.identity, commits);
    for (const failed of results) {
      if (failed === 'NONE') continue;
      throw new KafkaError(failed, `group '${this.groupId}' could not commit ${JSON.stringify(commits)}`);
    }
  }

  /** Leaves the group; others get its partitions. */
  leave(): void {
    if (this.#left) return;
    this.#end();
    const { memberId, instanceId } = this.identity;
    if (this.#groups.classic(this.groupId)?.members.has(memberId)) {
      this.#groups.leave(this.groupId, [{ memberId, instanceId }]);
    }
  }

  #end(): void {
    this.#left = true;
    for (const stop of this.#stops) stop();
  }
}

function toAssignorMember({ memberId, instanceId, metadata }: JoinedMember, protocolName: string): AssignorMember {
  const subscription = decodeSubscription(metadata);
  const member = { memberId, instanceId, topics: subscription?.topics ?? [] };
  const { userData = null, owned = [], generation = -1 } = subscription ?? {};
  if (protocolName === 'sticky') {
    const before = userData && decodeStickyUserData(userData);
    return { ...member, owned: before?.owned ?? owned, generation: before?.generation ?? generation };
  }
  // Java keeps the generation in the user data where the subscription has no place for it yet.
  const since = generation === -1 && userData ? decodeGenerationUserData(userData) : generation;
  return { ...member, owned, generation: since };
}

/** Whether something of `before` is not in `after`. */
function isMissing(before: readonly TopicPartitions[], after: readonly TopicPartitions[]): boolean {
  const kept = new Set(after.flatMap(({ topic, partitions }) => partitions.map((index) => `${topic}/${index}`)));
  return before.some(({ topic, partitions }) => partitions.some((index) => !kept.has(`${topic}/${index}`)));
}
