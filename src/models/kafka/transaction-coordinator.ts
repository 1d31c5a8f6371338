import type { Timer } from '../../core/clock.js';
import type { BrokerModel, ModelContext } from '../../core/model.js';
import type { Cluster } from './cluster.js';
import { KafkaError } from './errors.js';
import type { GroupCoordinator } from './group-coordinator.js';
import type { GroupErrorCode, MemberIdentity } from './group-member.js';
import type { OffsetCommit, TopicPartition } from './group-view.js';
import { NO_LEADER } from './partition.js';
import { plainFields } from './plain-fields.js';
import {
  NO_EPOCH,
  NO_PRODUCER_ID,
  type ProducerIdentity,
  TRANSACTION_STATES,
  type Transaction,
  type TransactionState,
} from './transaction.js';
import {
  concurrent,
  type TransactionDescription,
  type TransactionFilter,
  type TransactionListing,
  type TransactionsRecord,
  TransactionTable,
} from './transaction-table.js';

/** Markers name the life of the coordinator that wrote them; this one has a single life. */
const COORDINATOR_EPOCH = 0;

/**
 * Producer ids and transactions.
 *
 * A transaction is decided here, then its partitions get their markers and its groups their offsets. Commands take the
 * node that was asked last; without it any node will do. They throw KafkaError NOT_COORDINATOR when another node has
 * the transactional id.
 */
export class TransactionCoordinator implements BrokerModel {
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  readonly #groups: GroupCoordinator;
  readonly #table: TransactionTable;
  readonly #markerDelayMs: number;
  #timeoutTimer: Timer | undefined;
  readonly #markerTimers = new Map<Transaction, Timer>();
  /** Called when a transaction has entered a state or has got offsets. */
  onChanged: (() => void) | undefined;

  /** @param markerDelayMs time between the decision and the markers, 0 for at once */
  constructor(context: ModelContext, cluster: Cluster, groups: GroupCoordinator, markerDelayMs = 0) {
    this.#context = context;
    this.#cluster = cluster;
    this.#groups = groups;
    this.#table = new TransactionTable(context, cluster);
    this.#markerDelayMs = markerDelayMs;
  }

  /**
   * Gives a producer its id, and fences whoever had the transactional id before.
   *
   * @param transactionalId null for a producer that is idempotent only
   * @param known what the producer had so far; -1 and -1 when it is new
   * @throws KafkaError INVALID_REQUEST, INVALID_TRANSACTION_TIMEOUT, PRODUCER_FENCED, CONCURRENT_TRANSACTIONS: ask again
   */
  initProducerId(
    transactionalId: string | null,
    timeoutMs: number,
    known: ProducerIdentity = { producerId: NO_PRODUCER_ID, producerEpoch: NO_EPOCH },
    nodeId?: number,
  ): ProducerIdentity {
    if (transactionalId === null) return { producerId: this.#table.takeProducerId(), producerEpoch: 0 };
    this.#table.checkHome(transactionalId, nodeId);
    this.#checkTimeout(timeoutMs);
    return this.#run(() => {
      const txn = this.#table.get(transactionalId) ?? this.#table.create(transactionalId, timeoutMs);
      checkKnown(txn, known);
      if (txn.ending) throw concurrent(txn);
      if (txn.state === 'Ongoing') {
        this.#fenceAndAbort(txn);
        return undefined;
      }
      return this.#nextLife(txn, timeoutMs, known);
    });
  }

  /** Runs a command. Undefined stands for an answer that changed something all the same: the producer asks again. */
  #run<T>(command: () => T | undefined): T {
    const result = this.#context.outbox.run(command);
    if (result !== undefined) return result;
    throw new KafkaError('CONCURRENT_TRANSACTIONS', 'the transaction before is being aborted; ask again');
  }

  #checkTimeout(timeoutMs: number): void {
    const most = this.#cluster.config.number('transaction.max.timeout.ms');
    if (timeoutMs > 0 && timeoutMs <= most) return;
    throw new KafkaError(
      'INVALID_TRANSACTION_TIMEOUT',
      `a transaction timeout of ${timeoutMs} ms is outside of 1 to ${most} (transaction.max.timeout.ms)`,
    );
  }

  /** The next epoch; that of the last answer again for who did not get it; a new id when there are no epochs left. */
  #nextLife(txn: Transaction, timeoutMs: number, known: ProducerIdentity): ProducerIdentity {
    const first = txn.epoch === NO_EPOCH;
    const asked = known.producerEpoch;
    if (!first && asked !== NO_EPOCH && asked !== txn.epoch) {
      if (asked === txn.lastEpoch) return txn.identity;
      throw fenced(txn, known);
    }
    if (txn.exhausted) {
      txn.producerId = this.#table.takeProducerId();
      txn.epoch = 0;
      txn.lastEpoch = NO_EPOCH;
    } else {
      txn.lastEpoch = asked === NO_EPOCH ? NO_EPOCH : txn.epoch;
      txn.epoch++;
    }
    txn.timeoutMs = timeoutMs;
    this.#enter(txn, 'Empty');
    return txn.identity;
  }

  /**
   * Adds partitions to the transaction of a producer, and begins it. All of them or none.
   *
   * @returns one result for each partition; OPERATION_NOT_ATTEMPTED where only another one is to blame
   * @throws KafkaError INVALID_REQUEST, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, CONCURRENT_TRANSACTIONS
   */
  addPartitions(
    transactionalId: string,
    identity: ProducerIdentity,
    places: readonly TopicPartition[],
    nodeId?: number,
  ): GroupErrorCode[] {
    const missing = this.#missing(places);
    if (missing) return missing;
    this.#begin(transactionalId, identity, nodeId, (txn) => {
      for (const { topic, partition } of places) txn.add(topic, partition);
    });
    return places.map(() => 'NONE');
  }

  /** The results when there are partitions that do not exist; nothing else is looked at then. */
  #missing(places: readonly TopicPartition[]): GroupErrorCode[] | undefined {
    const missing = places.map(({ topic, partition }) => !this.#cluster.partition(topic, partition));
    if (!missing.includes(true)) return undefined;
    return missing.map((gone) => (gone ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'OPERATION_NOT_ATTEMPTED'));
  }

  /** Whether partitions are part of the running transaction of a producer. @throws KafkaError as `verify` */
  verifyPartitions(
    transactionalId: string,
    identity: ProducerIdentity,
    places: readonly TopicPartition[],
    nodeId?: number,
  ): GroupErrorCode[] {
    const missing = this.#missing(places);
    if (missing) return missing;
    this.#table.checkHome(transactionalId, nodeId);
    const txn = this.#table.owned(transactionalId, identity);
    if (txn.ending) throw concurrent(txn);
    return places.map(({ topic, partition }) => (txn.has(topic, partition) ? 'NONE' : 'TRANSACTION_ABORTABLE'));
  }

  /** Adds the offsets of a group to the transaction of a producer. @throws KafkaError as `addPartitions` */
  addOffsets(transactionalId: string, identity: ProducerIdentity, groupId: string, nodeId?: number): void {
    this.#begin(transactionalId, identity, nodeId, (txn) => void txn.groups.add(groupId));
  }

  #begin(
    transactionalId: string,
    identity: ProducerIdentity,
    nodeId: number | undefined,
    add: (txn: Transaction) => void,
  ): void {
    this.#table.checkHome(transactionalId, nodeId);
    const txn = this.#table.owned(transactionalId, identity);
    if (txn.ending) throw concurrent(txn);
    this.#context.outbox.run(() => {
      this.#enter(txn, 'Ongoing');
      add(txn);
      this.#scheduleTimeouts();
    });
  }

  /**
   * Notes offsets of a group as part of the transaction of a producer.
   *
   * @throws KafkaError INVALID_TXN_STATE without `addOffsets`, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, and
   *   as GroupCoordinator.commitPending
   */
  commitOffsets(
    transactionalId: string,
    producer: ProducerIdentity,
    groupId: string,
    member: MemberIdentity,
    commits: readonly OffsetCommit[],
    nodeId?: number,
  ): GroupErrorCode[] {
    const results = this.#groups.commitPending(groupId, producer.producerId, member, commits, {
      ...(nodeId !== undefined && { nodeId }),
      verify: () => {
        this.#table.checkHome(transactionalId, undefined);
        const txn = this.#table.writing(transactionalId, producer);
        if (txn.groups.has(groupId)) return;
        throw new KafkaError(
          'INVALID_TXN_STATE',
          `the offsets of group '${groupId}' are no part of transaction '${transactionalId}'; add them first`,
        );
      },
    });
    this.onChanged?.();
    return results;
  }

  /**
   * Decides a transaction.
   *
   * @throws KafkaError INVALID_REQUEST, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, INVALID_TXN_STATE,
   *   CONCURRENT_TRANSACTIONS
   */
  endTransaction(transactionalId: string, identity: ProducerIdentity, commits: boolean, nodeId?: number): void {
    this.#table.checkHome(transactionalId, nodeId);
    const txn = this.#table.owned(transactionalId, identity);
    const way = commits ? 'Commit' : 'Abort';
    if (txn.state === `Complete${way}`) return; // an answer was lost
    if (txn.state === `Prepare${way}`) throw concurrent(txn);
    if (txn.state !== 'Ongoing') {
      throw new KafkaError('INVALID_TXN_STATE', `transaction '${transactionalId}' is ${txn.state}; it cannot end so`);
    }
    this.#context.outbox.run(() => this.#decide(txn, commits));
  }

  /** Aborts what a producer has open, in an epoch that nobody has: whoever wrote so far is fenced. */
  #fenceAndAbort(txn: Transaction): void {
    txn.epoch++;
    txn.lastEpoch = NO_EPOCH;
    this.#decide(txn, false);
  }

  #decide(txn: Transaction, commits: boolean): void {
    const { clock, outbox } = this.#context;
    this.#enter(txn, commits ? 'PrepareCommit' : 'PrepareAbort');
    if (this.#markerDelayMs <= 0) return this.#complete(txn);
    const timer = clock.schedule(clock.now + this.#markerDelayMs, () => {
      this.#markerTimers.delete(txn);
      outbox.run(() => this.#complete(txn));
    });
    this.#markerTimers.set(txn, timer);
  }

  /** Writes the markers. A partition without a leader gets its own when it has one; until then it is not over. */
  #complete(txn: Transaction): void {
    const commit = txn.state === 'PrepareCommit';
    const { producerId, epoch: producerEpoch } = txn;
    for (const [topic, partitions] of txn.partitions) {
      for (const index of partitions) {
        const partition = this.#cluster.partition(topic, index);
        if (partition?.leader === NO_LEADER) continue;
        partition?.appendMarker({ producerId, producerEpoch, coordinatorEpoch: COORDINATOR_EPOCH, commit });
        txn.remove(topic, index);
      }
    }
    for (const groupId of txn.groups) this.#groups.endTransaction(groupId, producerId, commit);
    txn.groups.clear();
    if (txn.partitions.size > 0) return;
    this.#enter(txn, commit ? 'CompleteCommit' : 'CompleteAbort');
  }

  #enter(txn: Transaction, state: TransactionState): void {
    txn.enter(state, this.#context.clock.now);
    this.onChanged?.();
  }

  /**
   * Decides whether a transactional batch may be written: called before the first one of a transaction in a partition.
   *
   * @throws KafkaError INVALID_TXN_STATE, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, CONCURRENT_TRANSACTIONS
   */
  verify(
    transactionalId: string | null,
    producerId: number,
    producerEpoch: number,
    topic: string,
    partition: number,
  ): void {
    this.#table.checkHome(transactionalId ?? '', undefined);
    const txn = this.#table.writing(transactionalId ?? '', { producerId, producerEpoch });
    if (txn.state === 'Ongoing' && txn.has(topic, partition)) return;
    throw new KafkaError(
      'INVALID_TXN_STATE',
      `${topic}-${partition} is no part of transaction '${transactionalId}' (${txn.state}); add it first`,
    );
  }

  /** @throws KafkaError TRANSACTIONAL_ID_NOT_FOUND */
  describe(transactionalId: string, nodeId?: number): TransactionDescription {
    return this.#table.describe(transactionalId, nodeId);
  }

  /** Transactional ids that a node coordinates, all of them without one. */
  list(filter: TransactionFilter = {}): TransactionListing[] {
    return this.#table.list(filter);
  }

  /** Those of `names` that are no states of a transaction. */
  unknownStates(names: readonly string[]): string[] {
    return names.filter((name) => !(TRANSACTION_STATES as readonly string[]).includes(name));
  }

  /** Nodes came or went: what was decided is completed where it could not be before. */
  nodesChanged(): void {
    this.#context.outbox.run(() => {
      for (const txn of this.#table) {
        if (txn.ending && !this.#markerTimers.has(txn)) this.#complete(txn);
      }
    });
  }

  /** Everything survives: what was decided is completed by the coordinator that comes up. */
  restart(): void {
    for (const timer of this.#markerTimers.values()) this.#context.clock.cancel(timer);
    this.#markerTimers.clear();
    this.nodesChanged();
  }

  reset(): void {
    this.close();
    this.#table.clear();
  }

  snapshot(): TransactionsRecord {
    return this.#table.snapshot();
  }

  restore(state: unknown): void {
    this.reset();
    this.#table.load(plainFields(state) as TransactionsRecord);
    this.#scheduleTimeouts();
    this.nodesChanged();
  }

  busy(): string[] {
    const ending = [...this.#table].filter((txn) => txn.ending);
    return ending.map(({ transactionalId, state }) => `transaction '${transactionalId}' is in ${state}`);
  }

  close(): void {
    const { clock } = this.#context;
    for (const timer of this.#markerTimers.values()) clock.cancel(timer);
    this.#markerTimers.clear();
    clock.cancel(this.#timeoutTimer);
    this.#table.close();
  }

  /** Looks for transactions that take too long, as long as any is running. */
  #scheduleTimeouts(): void {
    if (this.#timeoutTimer?.pending) return;
    const { clock, outbox } = this.#context;
    const intervalMs = this.#cluster.config.number('transaction.abort.timed.out.transaction.cleanup.interval.ms');
    this.#timeoutTimer = clock.schedule(clock.now + intervalMs, () => outbox.run(() => this.#abortLate()));
  }

  #abortLate(): void {
    const { now } = this.#context.clock;
    const running = [...this.#table].filter((txn) => txn.state === 'Ongoing');
    for (const txn of running) if (txn.startedMs + txn.timeoutMs < now) this.#fenceAndAbort(txn);
    if (running.some((txn) => txn.state === 'Ongoing')) this.#scheduleTimeouts();
  }
}

/** The id of what a producer says it had is the one of the transactional id; its epoch is looked at when it gets the next. */
function checkKnown(txn: Transaction, known: ProducerIdentity): void {
  if (known.producerEpoch === NO_EPOCH || txn.epoch === NO_EPOCH || known.producerId === txn.producerId) return;
  throw fenced(txn, known);
}

function fenced({ transactionalId, producerId, epoch }: Transaction, known: ProducerIdentity): KafkaError {
  return new KafkaError(
    'PRODUCER_FENCED',
    `transactional id '${transactionalId}' has producer ${producerId} in epoch ${epoch}, not ${known.producerId} in ${known.producerEpoch}`,
  );
}
