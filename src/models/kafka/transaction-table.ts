import type { Timer } from '../../core/clock.js';
import { checkLimit } from '../../core/limits.js';
import type { ModelContext } from '../../core/model.js';
import type { Cluster } from './cluster.js';
import { KafkaError } from './errors.js';
import { OFFSETS_TOPIC } from './topic-name.js';
import { type ProducerIdentity, Transaction, type TransactionRecord } from './transaction.js';

/** One line of the list of transactions. */
export interface TransactionListing {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly state: string;
}

export interface TransactionDescription extends TransactionListing {
  readonly timeoutMs: number;
  /** -1 while none is running. */
  readonly startedMs: number;
  readonly producerEpoch: number;
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
}

export interface TransactionFilter {
  /** Empty: all. Names as Kafka writes them. */
  readonly states?: readonly string[];
  readonly producerIds?: readonly number[];
  /** Only those that have been running for longer than this; -1 for all. */
  readonly longerThanMs?: number;
  readonly nodeId?: number;
}

/** All transactional ids as plain data. */
export interface TransactionsRecord {
  readonly nextProducerId: number;
  readonly transactions: readonly TransactionRecord[];
}

/** Ids are handed out from here on: low ones look like none to some clients. */
const FIRST_PRODUCER_ID = 1_000;
/** How often ids that nobody uses are looked for. */
const EXPIRY_INTERVAL_MS = 3_600_000;

/** The transactional ids there are: finds the one that a request means, shows them, and forgets those that nobody uses. */
export class TransactionTable {
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  readonly #transactions = new Map<string, Transaction>();
  #nextProducerId = FIRST_PRODUCER_ID;
  #expiryTimer: Timer | undefined;

  constructor(context: ModelContext, cluster: Cluster) {
    this.#context = context;
    this.#cluster = cluster;
  }

  /** A producer id that was never given before. */
  takeProducerId(): number {
    return this.#nextProducerId++;
  }

  get(transactionalId: string): Transaction | undefined {
    return this.#transactions.get(transactionalId);
  }

  [Symbol.iterator](): IterableIterator<Transaction> {
    return this.#transactions.values();
  }

  /** @throws BrokerError when there are too many */
  create(transactionalId: string, timeoutMs: number): Transaction {
    const { limits, clock } = this.#context;
    checkLimit(limits, 'entityCount', this.#transactions.size + 1, `transactional id '${transactionalId}'`);
    const txn = new Transaction(transactionalId, this.#nextProducerId++, timeoutMs, clock.now);
    this.#transactions.set(transactionalId, txn);
    this.#scheduleExpiry();
    return txn;
  }

  /** @throws KafkaError NOT_COORDINATOR when another node has the transactional id, INVALID_REQUEST for an empty one */
  checkHome(transactionalId: string, nodeId: number | undefined): void {
    if (transactionalId === '') throw new KafkaError('INVALID_REQUEST', 'the transactional id is empty');
    if (nodeId === undefined) return;
    const home = this.#cluster.coordinatorOf('transaction', transactionalId);
    if (home === nodeId) return;
    throw new KafkaError(
      'NOT_COORDINATOR',
      `node ${nodeId} does not coordinate transactional id '${transactionalId}'; node ${home} does`,
    );
  }

  /** @throws KafkaError INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED */
  owned(transactionalId: string, { producerId, producerEpoch }: ProducerIdentity): Transaction {
    const txn = this.#transactions.get(transactionalId);
    if (!txn || txn.producerId !== producerId) {
      const found = txn ? `has producer id ${txn.producerId}` : 'is unknown';
      throw new KafkaError(
        'INVALID_PRODUCER_ID_MAPPING',
        `transactional id '${transactionalId}' ${found}, not ${producerId}; ask for a producer id again`,
      );
    }
    if (txn.epoch === producerEpoch) return txn;
    throw new KafkaError(
      'PRODUCER_FENCED',
      `transactional id '${transactionalId}' is in epoch ${txn.epoch}; another producer has fenced epoch ${producerEpoch}`,
    );
  }

  /** The transaction that a producer writes in; partitions know a fenced one by its epoch. */
  writing(transactionalId: string, identity: ProducerIdentity): Transaction {
    try {
      const txn = this.owned(transactionalId, identity);
      if (!txn.ending) return txn;
      throw concurrent(txn);
    } catch (error) {
      if (!(error instanceof KafkaError) || error.code !== 'PRODUCER_FENCED') throw error;
      throw new KafkaError('INVALID_PRODUCER_EPOCH', error.message);
    }
  }

  /** @throws KafkaError TRANSACTIONAL_ID_NOT_FOUND */
  describe(transactionalId: string, nodeId?: number): TransactionDescription {
    this.checkHome(transactionalId, nodeId);
    const txn = this.#transactions.get(transactionalId);
    if (!txn) throw new KafkaError('TRANSACTIONAL_ID_NOT_FOUND', `there is no transactional id '${transactionalId}'`);
    const topics = [...txn.partitions].map(([topic, partitions]) => ({ topic, partitions: [...partitions] }));
    const offsets = new Set([...txn.groups].map((group) => this.#cluster.coordinatorPartition('group', group)));
    if (offsets.size > 0) topics.push({ topic: OFFSETS_TOPIC, partitions: [...offsets] });
    return {
      ...listingOf(txn),
      timeoutMs: txn.timeoutMs,
      startedMs: txn.startedMs,
      producerEpoch: txn.epoch,
      topics,
    };
  }

  /** Transactional ids that a node coordinates, all of them without one. */
  list(filter: TransactionFilter = {}): TransactionListing[] {
    const { states = [], producerIds = [], longerThanMs = -1, nodeId } = filter;
    const { now } = this.#context.clock;
    const wanted = (txn: Transaction): boolean => {
      if (states.length > 0 && !states.includes(txn.state)) return false;
      if (producerIds.length > 0 && !producerIds.includes(txn.producerId)) return false;
      if (longerThanMs >= 0 && now - txn.startedMs <= longerThanMs) return false;
      return nodeId === undefined || this.#cluster.coordinatorOf('transaction', txn.transactionalId) === nodeId;
    };
    return [...this.#transactions.values()].filter(wanted).map(listingOf);
  }

  clear(): void {
    this.close();
    this.#transactions.clear();
  }

  snapshot(): TransactionsRecord {
    return {
      nextProducerId: this.#nextProducerId,
      transactions: [...this.#transactions.values()].map((txn) => txn.toRecord()),
    };
  }

  load({ nextProducerId, transactions }: TransactionsRecord): void {
    this.#nextProducerId = nextProducerId;
    for (const record of transactions) {
      this.#transactions.set(record.transactionalId, Transaction.fromRecord(record));
    }
    if (this.#transactions.size > 0) this.#scheduleExpiry();
  }

  close(): void {
    this.#context.clock.cancel(this.#expiryTimer);
  }

  /** Forgets ids that were not used for `transactional.id.expiration.ms`. */
  #scheduleExpiry(): void {
    if (this.#expiryTimer?.pending) return;
    const { clock, outbox } = this.#context;
    this.#expiryTimer = clock.schedule(clock.now + EXPIRY_INTERVAL_MS, () => outbox.run(() => this.#expire()));
  }

  #expire(): void {
    const since = this.#context.clock.now - this.#cluster.config.number('transactional.id.expiration.ms');
    for (const [id, txn] of this.#transactions) {
      if (txn.state !== 'Ongoing' && !txn.ending && txn.changedMs <= since) this.#transactions.delete(id);
    }
    if (this.#transactions.size > 0) this.#scheduleExpiry();
  }
}

export function concurrent(txn: Transaction): KafkaError {
  return new KafkaError(
    'CONCURRENT_TRANSACTIONS',
    `transaction '${txn.transactionalId}' is in ${txn.state}; ask again when it is over`,
  );
}

function listingOf({ transactionalId, producerId, state }: Transaction): TransactionListing {
  return { transactionalId, producerId, state };
}
