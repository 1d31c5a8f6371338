import type { BrokerModel, ModelContext } from '../../core/model.js';
import type { ClassicGroup } from './consumer-group.js';
import { CONSUMER_PROTOCOL_TYPE, decodeAssignment } from './consumer-protocol.js';
import { KafkaError } from './errors.js';
import type {
  GroupErrorCode,
  JoinAnswer,
  JoinRequest,
  MemberIdentity,
  SyncAnswer,
  SyncRequest,
} from './group-member.js';
import type { GroupSettings } from './group-settings.js';
import { type CoordinatedCluster, type Group, type GroupRecord, GroupTable } from './group-table.js';
import type { FetchedOffset, GroupDescription, GroupListing, GroupMemberView } from './group-view.js';
import { checkHeartbeat } from './heartbeat-check.js';
import type { ModernGroup } from './modern-group.js';
import type { ConsumerHeartbeat, ConsumerHeartbeatAnswer } from './modern-member.js';
import { OffsetCoordinator } from './offset-coordinator.js';
import type { GroupOffsets } from './offsets.js';
import { plainFields } from './plain-fields.js';

/**
 * All groups: finds the one that a request means, and keeps their offsets.
 *
 * Commands take the node that was asked last; without it (native use) any node will do. Every command throws
 * KafkaError INVALID_GROUP_ID for an empty name and NOT_COORDINATOR when another node has the group.
 */
export class GroupCoordinator implements BrokerModel {
  readonly #context: ModelContext;
  readonly #cluster: CoordinatedCluster;
  readonly #table: GroupTable;
  /** Of the groups of the newer protocol. */
  readonly settings: GroupSettings;
  readonly #offsets: OffsetCoordinator;

  constructor(context: ModelContext, cluster: CoordinatedCluster) {
    this.#context = context;
    this.#cluster = cluster;
    this.#table = new GroupTable(context, cluster);
    this.settings = this.#table.settings;
    this.#offsets = new OffsetCoordinator(context, cluster, this.#table);
    cluster.onTopicChange((topic, change) => this.#topicChanged(topic.name, change === 'deleted'));
  }

  /** Calls `listener` with the id of a group after its state, members or offsets have changed. */
  onChange(listener: (groupId: string) => void): () => void {
    return this.#table.onChange(listener);
  }

  /** A group as it stands, undefined when there is none of this name. */
  group(groupId: string): Group | undefined {
    return this.#table.get(groupId)?.group;
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
    return this.#table.get(groupId)?.offsets;
  }

  /** A group is there from the first member on, whether it is let in or not. @see ClassicGroup.join @throws KafkaError INVALID_SESSION_TIMEOUT */
  join(groupId: string, request: JoinRequest, answer: (answer: JoinAnswer) => void, nodeId?: number): () => void {
    this.#table.checkHome(groupId, nodeId);
    this.#checkSessionTimeout(request.sessionTimeoutMs);
    return this.#context.outbox.run(() => {
      const known = this.#table.get(groupId);
      if (!known && request.memberId !== '') throw unknownMember(groupId, request.memberId);
      const entry = known ?? this.#table.create(groupId);
      const { group } = entry;
      const joined = group.type === 'classic' ? group : this.#converted(group, this.#table.newClassic(groupId));
      const abandon = joined.join(request, answer);
      entry.group = joined;
      return abandon;
    });
  }

  /**
   * The one request of members with epochs: join, stay, leave.
   *
   * @see ModernGroup.heartbeat
   * @throws KafkaError GROUP_ID_NOT_FOUND also for a classic group that has members
   */
  consumerHeartbeat(groupId: string, request: ConsumerHeartbeat, nodeId?: number): ConsumerHeartbeatAnswer {
    if (groupId === '') throw new KafkaError('INVALID_REQUEST', "GroupId can't be empty.");
    checkHeartbeat(request, this.#cluster.config.list('group.consumer.assignors'));
    this.#table.checkHome(groupId, nodeId);
    return this.#context.outbox.run(() => {
      const joins = request.memberEpoch === 0;
      const known = joins ? this.#table.get(groupId) : this.#table.existing(groupId);
      const entry = known ?? this.#table.create(groupId);
      const { group } = entry;
      if (!joins && group.type !== 'consumer') throw this.#table.notFound(groupId, 'is not a consumer group.');
      const joined = group.type === 'consumer' ? group : this.#converted(group, this.#table.newModern(groupId));
      try {
        const answer = joined.heartbeat(request);
        entry.group = joined;
        return answer;
      } catch (error) {
        if (!known) this.#table.drop(groupId);
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
    this.#table.checkHome(groupId, nodeId);
    return this.#context.outbox.run(() => this.#member(groupId, request).sync(request, answer));
  }

  /** @see ClassicGroup.heartbeat */
  heartbeat(groupId: string, identity: MemberIdentity, nodeId?: number): void {
    this.#table.checkHome(groupId, nodeId);
    this.#context.outbox.run(() => this.#member(groupId, identity).heartbeat(identity));
  }

  /** Members leave, each with its own result. @throws KafkaError UNKNOWN_MEMBER_ID for an unknown group */
  leave(
    groupId: string,
    members: readonly { readonly memberId: string; readonly instanceId: string | null }[],
    nodeId?: number,
  ): GroupErrorCode[] {
    this.#table.checkHome(groupId, nodeId);
    return this.#context.outbox.run(() => {
      const entry = this.#table.get(groupId);
      if (entry?.group.type !== 'classic') return members.map(() => 'UNKNOWN_MEMBER_ID');
      const { group } = entry;
      const errors = members.map(({ memberId, instanceId }) => attempt(() => group.dismiss(memberId, instanceId)));
      if (errors.includes('NONE')) group.membersLeft();
      return errors;
    });
  }

  /** @see OffsetCoordinator.commit */
  commitOffsets(...command: Parameters<OffsetCoordinator['commit']>): GroupErrorCode[] {
    return this.#offsets.commit(...command);
  }

  /** @see OffsetCoordinator.commitPending */
  commitPending(...command: Parameters<OffsetCoordinator['commitPending']>): GroupErrorCode[] {
    return this.#offsets.commitPending(...command);
  }

  /** @see OffsetCoordinator.endTransaction */
  endTransaction(...command: Parameters<OffsetCoordinator['endTransaction']>): void {
    this.#offsets.endTransaction(...command);
  }

  /** @see OffsetCoordinator.fetch */
  fetchOffsets(...command: Parameters<OffsetCoordinator['fetch']>): FetchedOffset[] {
    return this.#offsets.fetch(...command);
  }

  /** @see OffsetCoordinator.delete */
  deleteOffsets(...command: Parameters<OffsetCoordinator['delete']>): GroupErrorCode[] {
    return this.#offsets.delete(...command);
  }

  /** Deletes a group without members, and its offsets. @throws KafkaError NON_EMPTY_GROUP, GROUP_ID_NOT_FOUND */
  deleteGroup(groupId: string, nodeId?: number): void {
    this.#table.checkNode(groupId, nodeId);
    const { group } = this.#table.existing(groupId);
    if (group.members.size > 0) {
      throw new KafkaError('NON_EMPTY_GROUP', `group '${groupId}' has ${group.members.size} members; stop them first`);
    }
    this.#context.outbox.run(() => this.#table.drop(groupId));
  }

  /** @throws KafkaError GROUP_ID_NOT_FOUND */
  describe(groupId: string, nodeId?: number): GroupDescription {
    this.#table.checkNode(groupId, nodeId);
    const { group } = this.#table.existing(groupId);
    if (group.type !== 'classic') throw this.#table.notFound(groupId, 'is not a classic group.');
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
        assignment: member.assignment,
      })),
    };
  }

  /** A group with member epochs. @throws KafkaError GROUP_ID_NOT_FOUND, also for a classic group */
  describeModern(groupId: string, nodeId?: number): ModernGroup {
    this.#table.checkNode(groupId, nodeId);
    const { group } = this.#table.existing(groupId);
    if (group.type === 'consumer') return group;
    throw this.#table.notFound(groupId, 'is not a consumer group.');
  }

  /** Groups that a node coordinates, all of them without one. Filters ignore case; empty ones let everything through. */
  list(
    filter: { readonly states?: readonly string[]; readonly types?: readonly string[]; readonly nodeId?: number } = {},
  ): GroupListing[] {
    const states = lowerCased(filter.states);
    const types = lowerCased(filter.types);
    const listings: GroupListing[] = [];
    for (const [groupId, { group, home }] of this.#table) {
      if (filter.nodeId !== undefined && home !== filter.nodeId) continue;
      if (states && !states.has(group.state.toLowerCase())) continue;
      if (types && !types.has(group.type)) continue;
      listings.push({ groupId, protocolType: group.protocolType, state: group.state, type: group.type });
    }
    return listings;
  }

  /** Nodes came or went: groups whose coordinator is another one now are read again by it. */
  nodesChanged(): void {
    this.#table.nodesChanged();
  }

  /** As after a restart of every node: the last complete generations and the offsets stay, what waits is lost. */
  restart(): void {
    this.#table.restart();
  }

  reset(): void {
    this.#table.clear();
  }

  snapshot(): readonly GroupRecord[] {
    return this.#table.snapshot();
  }

  restore(state: unknown): void {
    this.#table.load(plainFields(state) as readonly GroupRecord[]);
    this.#offsets.scheduleExpiry();
  }

  busy(): string[] {
    return this.#table.busy();
  }

  close(): void {
    this.#table.close();
    this.#offsets.close();
  }

  #topicChanged(topic: string, deleted: boolean): void {
    for (const [groupId, { offsets }] of this.#table) {
      if (deleted) offsets.deleteTopic(topic);
      this.#table.tell(groupId);
    }
  }

  #member(groupId: string, { memberId }: MemberIdentity): ClassicGroup {
    const group = this.classic(groupId);
    if (group) return group;
    throw unknownMember(groupId, memberId);
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
