import type { Timer } from '../../core/clock.js';
import type { ModelContext } from '../../core/model.js';
import { CONSUMER_PROTOCOL_TYPE } from './consumer-protocol.js';
import { KafkaError } from './errors.js';
import type { GroupErrorCode, MemberIdentity } from './group-member.js';
import type { CoordinatedCluster, Group, GroupEntry, GroupTable } from './group-table.js';
import type { FetchedOffset, OffsetCommit, TopicPartition } from './group-view.js';
import type { CommittedOffset } from './offsets.js';

const NO_OFFSET = { offset: -1, leaderEpoch: -1, metadata: '' };

/** The offsets of all groups: commits, reads and deletes them, and lets old ones expire. */
export class OffsetCoordinator {
  readonly #context: ModelContext;
  readonly #cluster: CoordinatedCluster;
  readonly #table: GroupTable;
  #expiryTimer: Timer | undefined;

  constructor(context: ModelContext, cluster: CoordinatedCluster, table: GroupTable) {
    this.#context = context;
    this.#cluster = cluster;
    this.#table = table;
  }

  /**
   * Stores offsets; each entry has a result of its own.
   *
   * @param retentionMs how long they are kept whatever the group does, -1 for as long as usual
   * @throws KafkaError as ClassicGroup.checkCommit, and ILLEGAL_GENERATION for a group that is not there
   */
  commit(
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
    this.#table.checkNode(groupId, options.nodeId);
    return this.#context.outbox.run(() => {
      const entry = this.#forCommit(groupId, identity, options.sendsMemberEpoch);
      entry.group.checkCommit(identity, false, options.sendsMemberEpoch);
      const results = commits.map((commit) => {
        const error = this.#problemOf(commit);
        if (error === 'NONE') entry.offsets.commit(commit.topic, commit.partition, this.#committed(commit, options));
        return error;
      });
      entry.group.noteCommit(identity.memberId);
      this.scheduleExpiry();
      this.#table.tell(groupId);
      return results;
    });
  }

  /**
   * Notes offsets that count once the transaction of this producer commits.
   *
   * @throws KafkaError as `commit`
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
    this.#table.checkHome(groupId, options.nodeId);
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
    const entry = this.#table.get(groupId);
    if (!entry) return;
    entry.offsets.endTransaction(producerId, commits);
    this.scheduleExpiry();
    this.#table.tell(groupId);
  }

  #forCommit(groupId: string, { generationId, memberId }: MemberIdentity, sendsMemberEpoch = false): GroupEntry {
    const entry = this.#table.get(groupId);
    if (entry) return entry;
    if (generationId < 0) return this.#table.create(groupId);
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
  fetch(
    groupId: string,
    wanted: readonly TopicPartition[] | undefined,
    options: {
      readonly requireStable?: boolean;
      readonly member?: { readonly memberId: string; readonly memberEpoch: number };
      readonly nodeId?: number;
    } = {},
  ): FetchedOffset[] {
    this.#table.checkNode(groupId, options.nodeId);
    const { group, offsets } = this.#table.get(groupId) ?? {};
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
  delete(groupId: string, places: readonly TopicPartition[], nodeId?: number): GroupErrorCode[] {
    this.#table.checkHome(groupId, nodeId);
    const { group, offsets } = this.#table.existing(groupId);
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
      this.#table.tell(groupId);
      return results;
    });
  }

  /** Looks for old offsets from time to time, as long as there are any. */
  scheduleExpiry(): void {
    if (this.#expiryTimer?.pending) return;
    const { clock, outbox } = this.#context;
    const intervalMs = this.#cluster.config.number('offsets.retention.check.interval.ms');
    this.#expiryTimer = clock.schedule(clock.now + intervalMs, () => outbox.run(() => this.#expireOffsets()));
  }

  #expireOffsets(): void {
    const { now } = this.#context.clock;
    const retentionMs = this.#cluster.config.number('offsets.retention.minutes') * 60_000;
    let left = false;
    for (const [groupId, { group, offsets }] of this.#table) {
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
      if (offsets.empty && group.state === 'Empty') this.#table.drop(groupId);
      else left ||= !offsets.empty;
    }
    if (left) this.scheduleExpiry();
  }

  #expired(groupId: string, count: number): void {
    const { journal } = this.#context;
    if (journal.on)
      journal.record('kafka', 'expired', { receiver: groupId, count, reason: 'offsets.retention.minutes' });
    this.#table.tell(groupId);
  }

  close(): void {
    this.#context.clock.cancel(this.#expiryTimer);
  }
}

/** From when on the offsets of a group grow old; undefined while they do not. */
function expiryBase(group: Group): ((committed: CommittedOffset) => number) | undefined {
  if (group.protocolType === '') return ({ committedAtMs }) => committedAtMs;
  if (group.state === 'Empty') return () => group.stateSinceMs;
  const known = group.state === 'Stable' && group.protocolType === CONSUMER_PROTOCOL_TYPE;
  return known ? ({ committedAtMs }) => committedAtMs : undefined;
}
