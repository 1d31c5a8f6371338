import type { TopicPartitions } from './consumer-protocol.js';
import type { GroupErrorCode } from './group-member.js';

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
    /** What the member said to the leader: only while the group is stable. */
    readonly metadata: Uint8Array;
    /** What it was given last. */
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
