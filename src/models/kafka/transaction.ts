/**
 * | state                        | what may happen, and where it leads                                              |
 * |------------------------------|----------------------------------------------------------------------------------|
 * | Empty                        | a partition or a group is added: Ongoing                                         |
 * | Ongoing                      | commit: PrepareCommit; abort, timeout or a new producer: PrepareAbort            |
 * | PrepareCommit, PrepareAbort  | every partition has its marker: CompleteCommit, CompleteAbort                    |
 * | CompleteCommit, -Abort       | a partition or a group is added: Ongoing                                         |
 */
export const TRANSACTION_STATES = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'PrepareEpochFence',
  'Dead',
] as const;

export type TransactionState = (typeof TRANSACTION_STATES)[number];

/** Who a producer is: the id of its state in partitions, and which life of it this is. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** Before an epoch was ever given; also what a producer sends that has none. */
export const NO_EPOCH = -1;
export const NO_PRODUCER_ID = -1;

/** Epochs are 16 bits wide: after this one comes a new producer id. The last one is for fencing. */
const LAST_EPOCH = 0x7fff - 1;

/** All that is known of one transactional id. */
export class Transaction {
  readonly transactionalId: string;
  producerId: number;
  epoch = NO_EPOCH;
  /** The epoch before the current one, for a producer that asks again for an answer that was lost. */
  lastEpoch = NO_EPOCH;
  timeoutMs: number;
  state: TransactionState = 'Empty';
  /** When the running transaction began, -1 without one. */
  startedMs = -1;
  changedMs: number;
  /** Partitions of the running transaction. */
  readonly partitions = new Map<string, Set<number>>();
  /** Groups whose offsets are part of it. */
  readonly groups = new Set<string>();

  constructor(transactionalId: string, producerId: number, timeoutMs: number, nowMs: number) {
    this.transactionalId = transactionalId;
    this.producerId = producerId;
    this.timeoutMs = timeoutMs;
    this.changedMs = nowMs;
  }

  get identity(): ProducerIdentity {
    return { producerId: this.producerId, producerEpoch: this.epoch };
  }

  /** Whether it was decided and the partitions do not all know yet. */
  get ending(): boolean {
    return this.state === 'PrepareCommit' || this.state === 'PrepareAbort';
  }

  get exhausted(): boolean {
    return this.epoch >= LAST_EPOCH;
  }

  has(topic: string, partition: number): boolean {
    return this.partitions.get(topic)?.has(partition) ?? false;
  }

  add(topic: string, partition: number): void {
    const partitions = this.partitions.get(topic);
    if (partitions) partitions.add(partition);
    else this.partitions.set(topic, new Set([partition]));
  }

  remove(topic: string, partition: number): void {
    const partitions = this.partitions.get(topic);
    partitions?.delete(partition);
    if (partitions?.size === 0) this.partitions.delete(topic);
  }

  enter(state: TransactionState, nowMs: number): void {
    if (state === 'Ongoing' && this.state !== 'Ongoing') this.startedMs = nowMs;
    this.state = state;
    this.changedMs = nowMs;
  }

  toRecord(): TransactionRecord {
    return {
      transactionalId: this.transactionalId,
      producerId: this.producerId,
      epoch: this.epoch,
      lastEpoch: this.lastEpoch,
      timeoutMs: this.timeoutMs,
      state: this.state,
      startedMs: this.startedMs,
      changedMs: this.changedMs,
      partitions: [...this.partitions].map(([topic, partitions]) => [topic, [...partitions]] as const),
      groups: [...this.groups],
    };
  }

  static fromRecord(record: TransactionRecord): Transaction {
    const txn = new Transaction(record.transactionalId, record.producerId, record.timeoutMs, record.changedMs);
    txn.epoch = record.epoch;
    txn.lastEpoch = record.lastEpoch;
    txn.state = record.state;
    txn.startedMs = record.startedMs;
    for (const [topic, partitions] of record.partitions) for (const one of partitions) txn.add(topic, one);
    for (const group of record.groups) txn.groups.add(group);
    return txn;
  }
}

/** A transactional id as plain data. */
export interface TransactionRecord {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly epoch: number;
  readonly lastEpoch: number;
  readonly timeoutMs: number;
  readonly state: TransactionState;
  readonly startedMs: number;
  readonly changedMs: number;
  readonly partitions: readonly (readonly [topic: string, partitions: readonly number[]])[];
  readonly groups: readonly string[];
}
