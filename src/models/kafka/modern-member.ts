import type { Timer } from '../../core/clock.js';
import { KafkaError } from './errors.js';
import { type HeldPartitions, toPlaces } from './place.js';

/** What a member of a group with epochs says about itself and asks for. */
export interface ConsumerHeartbeat {
  /** Empty when the coordinator shall choose one, which only the first version knows. */
  readonly memberId: string;
  /** 0 to join, -1 to leave, -2 to leave for a while as a static member, else the epoch that it is in. */
  readonly memberEpoch: number;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  /** How long it may take to give partitions up; -1 when it says nothing new. */
  readonly rebalanceTimeoutMs: number;
  /** Null when it says nothing new. */
  readonly topics: readonly string[] | null;
  readonly topicPattern: string | null;
  /** Null when it leaves the choice to the group. */
  readonly assignor: string | null;
  /** What it holds; null when it says nothing new. */
  readonly owned: readonly HeldPartitions[] | null;
  readonly clientId: string;
  readonly clientHost: string;
}

export interface ConsumerHeartbeatAnswer {
  readonly memberId: string;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  /** What it may read from now on; null when that has not changed. */
  readonly assignment: readonly HeldPartitions[] | null;
}

/**
 * - `stable`: it has what it shall have;
 * - `unrevoked`: it has been asked to give something up, and has not said that it did;
 * - `unreleased`: something that it shall have is still held by another member.
 */
export type ReconciliationState = 'stable' | 'unrevoked' | 'unreleased';

export const JOIN_EPOCH = 0;
export const LEAVE_EPOCH = -1;
export const LEAVE_STATIC_EPOCH = -2;

/** A member as plain data. Partitions are texts, `topicId/partition`. */
export interface ModernMemberRecord {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly topics: readonly string[];
  readonly topicPattern: string | null;
  readonly assignor: string | null;
  readonly epoch: number;
  readonly previousEpoch: number;
  readonly state: ReconciliationState;
  readonly assigned: readonly string[];
  readonly revoking: readonly string[];
  readonly target: readonly string[];
}

/** One member of a group with epochs. */
export class ModernMember {
  readonly memberId: string;
  instanceId: string | null = null;
  rackId: string | null = null;
  clientId = '';
  clientHost = '';
  rebalanceTimeoutMs = -1;
  topics: readonly string[] = [];
  topicPattern: string | null = null;
  assignor: string | null = null;
  epoch = 0;
  previousEpoch = -1;
  state: ReconciliationState = 'stable';
  /** What it may read. */
  assigned: ReadonlySet<string> = new Set();
  /** What it has been told to give up, and counts as held until it says so. */
  revoking: ReadonlySet<string> = new Set();
  /** What it shall have in the end. */
  target: ReadonlySet<string> = new Set();
  /** What it was told last that it may read. */
  told: ReadonlySet<string> = new Set();
  sessionTimer: Timer | undefined;
  /** Runs while it has something to give up. */
  rebalanceTimer: Timer | undefined;

  constructor(memberId: string) {
    this.memberId = memberId;
  }

  /** Takes over what is new in a heartbeat; true when it wants to read something else. */
  update(heartbeat: ConsumerHeartbeat): boolean {
    const before = this.#subscription();
    this.instanceId = heartbeat.instanceId ?? this.instanceId;
    this.rackId = heartbeat.rackId ?? this.rackId;
    this.clientId = heartbeat.clientId;
    this.clientHost = heartbeat.clientHost;
    if (heartbeat.rebalanceTimeoutMs >= 0) this.rebalanceTimeoutMs = heartbeat.rebalanceTimeoutMs;
    if (heartbeat.topics) this.topics = [...new Set(heartbeat.topics)].sort();
    if (heartbeat.topicPattern !== null) this.topicPattern = heartbeat.topicPattern || null;
    this.assignor = heartbeat.assignor ?? this.assignor;
    return this.#subscription() !== before;
  }

  #subscription(): string {
    return JSON.stringify([this.topics, this.topicPattern]);
  }

  enterEpoch(epoch: number): void {
    if (epoch === this.epoch) return;
    this.previousEpoch = this.epoch;
    this.epoch = epoch;
  }

  /**
   * An answer that was lost may have held the epoch before: it is good as long as it knows of nothing newer.
   *
   * @throws KafkaError FENCED_MEMBER_EPOCH
   */
  checkEpoch({ memberEpoch, owned }: ConsumerHeartbeat): void {
    if (memberEpoch === this.epoch) return;
    const greater = memberEpoch > this.epoch;
    const lost = !greater && memberEpoch === this.previousEpoch && owned !== null;
    if (lost && toPlaces(owned).every((place) => this.assigned.has(place))) return;
    throw new KafkaError(
      'FENCED_MEMBER_EPOCH',
      `The consumer group member has a ${greater ? 'greater' : 'smaller'} member epoch (${memberEpoch}) than the one ` +
        `known by the group coordinator (${this.epoch}). The member must abandon all its partitions and rejoin.`,
    );
  }

  toRecord(): ModernMemberRecord {
    const { sessionTimer: _, rebalanceTimer: __, told: ___, ...fields } = this;
    return {
      ...fields,
      assigned: [...this.assigned],
      revoking: [...this.revoking],
      target: [...this.target],
    };
  }

  /** The same member, or the one that takes its place under another id. */
  static fromRecord(record: ModernMemberRecord, memberId = record.memberId): ModernMember {
    const { memberId: _, assigned, revoking, target, ...fields } = record;
    return Object.assign(new ModernMember(memberId), fields, {
      assigned: new Set(assigned),
      revoking: new Set(revoking),
      target: new Set(target),
    });
  }
}
