import type { Timer } from '../../core/clock.js';
import type { Delayed } from '../../core/delayed.js';
import { copyBytes } from '../../core/message.js';
import type { KafkaErrorCode } from './errors.js';

/** NONE, or why something was refused. */
export type GroupErrorCode = KafkaErrorCode | 'NONE';

/** A way to share out partitions that a member offers, with what it tells the leader under that name. */
export interface GroupProtocol {
  readonly name: string;
  readonly metadata: Uint8Array;
}

/** Who wants to join, and how. */
export interface JoinRequest {
  /** Empty before the coordinator has given one. */
  readonly memberId: string;
  /** Name of a static member, null for a dynamic one. */
  readonly instanceId: string | null;
  readonly clientId: string;
  /** As Kafka shows it: `/127.0.0.1`. */
  readonly clientHost: string;
  /** Silence after which the member is gone. */
  readonly sessionTimeoutMs: number;
  /** How long a rebalance waits for this member; -1 means as long as its session. */
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  /** In the order of preference. */
  readonly protocols: readonly GroupProtocol[];
  /** A first join is answered with an id to join with (since version 4). */
  readonly requiresKnownId: boolean;
  /** A returning static leader understands that the assignment stands (since version 9). */
  readonly skipsAssignment: boolean;
}

/** A member as the leader sees it. */
export interface JoinedMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** For the chosen protocol. */
  readonly metadata: Uint8Array;
}

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

export interface JoinAnswer {
  readonly error: GroupErrorCode;
  readonly memberId: string;
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leaderId: string;
  readonly skipAssignment: boolean;
  /** Everybody, for the leader; empty for all others. */
  readonly members: readonly JoinedMember[];
}

export interface SyncAnswer {
  readonly error: GroupErrorCode;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignment: Uint8Array;
}

/** A member as it is kept over a restart, and in a snapshot. */
export interface MemberRecord {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocols: readonly GroupProtocol[];
  readonly assignment: Uint8Array;
}

export const NO_BYTES = new Uint8Array(0);

/** One member of a classic group. */
export class ClassicMember {
  memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  protocols: readonly GroupProtocol[];
  assignment: Uint8Array = NO_BYTES;
  /** Its JoinGroup that waits for the others. Stays when its connection is gone: the member has joined all the same. */
  parkedJoin: Delayed<JoinAnswer> | undefined;
  /** Its SyncGroup that waits for the leader. */
  parkedSync: Delayed<SyncAnswer> | undefined;
  /** Has not been in a generation yet: its id has not reached it, so it sends no heartbeats. */
  isNew = false;
  sessionTimer: Timer | undefined;

  constructor(memberId: string, request: Omit<MemberRecord, 'memberId' | 'assignment'>) {
    this.memberId = memberId;
    this.instanceId = request.instanceId;
    this.clientId = request.clientId;
    this.clientHost = request.clientHost;
    this.sessionTimeoutMs = request.sessionTimeoutMs;
    this.rebalanceTimeoutMs = rebalanceTimeoutOf(request);
    this.protocols = copyProtocols(request.protocols);
  }

  /** Takes over what a member says when it joins again. */
  update(request: JoinRequest): void {
    this.sessionTimeoutMs = request.sessionTimeoutMs;
    this.rebalanceTimeoutMs = rebalanceTimeoutOf(request);
    this.protocols = copyProtocols(request.protocols);
  }

  /** Whether a member that joins again says what it said before. */
  offersSame(protocols: readonly GroupProtocol[]): boolean {
    if (protocols.length !== this.protocols.length) return false;
    return this.protocols.every((own, i) => {
      const other = protocols[i] as GroupProtocol;
      return own.name === other.name && equalBytes(own.metadata, other.metadata);
    });
  }

  /** What it told the leader under this name; empty when it does not offer it. */
  metadata(protocolName: string): Uint8Array {
    return this.protocols.find(({ name }) => name === protocolName)?.metadata ?? NO_BYTES;
  }

  offers(protocolName: string): boolean {
    return this.protocols.some(({ name }) => name === protocolName);
  }

  toRecord(): MemberRecord {
    return {
      memberId: this.memberId,
      instanceId: this.instanceId,
      clientId: this.clientId,
      clientHost: this.clientHost,
      sessionTimeoutMs: this.sessionTimeoutMs,
      rebalanceTimeoutMs: this.rebalanceTimeoutMs,
      protocols: this.protocols,
      assignment: this.assignment,
    };
  }
}

/** The answer to a join that leads nowhere. */
export function refusedJoin(error: GroupErrorCode, memberId: string): JoinAnswer {
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

export function refusedSync(error: GroupErrorCode): SyncAnswer {
  return { error, protocolType: null, protocolName: null, assignment: NO_BYTES };
}

function rebalanceTimeoutOf(request: { readonly rebalanceTimeoutMs: number; readonly sessionTimeoutMs: number }) {
  return request.rebalanceTimeoutMs < 0 ? request.sessionTimeoutMs : request.rebalanceTimeoutMs;
}

// What comes from the wire is a view on a request that will be gone.
function copyProtocols(protocols: readonly GroupProtocol[]): GroupProtocol[] {
  return protocols.map(({ name, metadata }) => ({ name, metadata: copyBytes(metadata) }));
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
