import { Delayed } from '../../core/delayed.js';
import type { ModelContext } from '../../core/model.js';
import type { Cluster } from './cluster.js';
import { KafkaError, type KafkaErrorCode, type RecordError } from './errors.js';
import type { Partition } from './partition.js';
import { beginsTransactional, firstBatch, RecordBatch } from './record-batch.js';
import { checkRecords } from './record-validation.js';
import { inTopicCodec } from './topic-codec.js';
import { isInternalTopic } from './topic-name.js';
import type { TransactionCoordinator } from './transaction-coordinator.js';

/** Batches for some partitions, as a client sends them to one node. */
export interface ProduceRequest {
  readonly nodeId: number;
  /** -1 all in-sync replicas, 1 the leader, 0 nobody. */
  readonly acks: number;
  readonly timeoutMs: number;
  readonly transactionalId: string | null;
  readonly clientId: string;
  /** Whether the client may use its transactional id; without it, any. */
  readonly mayUseId?: ((transactionalId: string) => boolean) | undefined;
  /** Whether the client may write to a topic; without it, to all. */
  readonly mayWrite?: ((topic: string) => boolean) | undefined;
  /** Whether the client may send zstd. */
  readonly zstdAllowed: boolean;
  /** Whether the client knows that it may only abort. */
  readonly knowsAbortable: boolean;
  readonly partitions: readonly ProducePartition[];
}

export interface ProducePartition {
  readonly topic: string;
  readonly index: number;
  /** Whole batches; the broker copies them. */
  readonly records: Uint8Array | null;
}

export interface ProduceResult {
  readonly topic: string;
  readonly index: number;
  readonly error: KafkaErrorCode | undefined;
  readonly message: string | undefined;
  readonly recordErrors: readonly RecordError[];
  /** -1 on an error. */
  readonly baseOffset: number;
  /** -1 unless the topic stamps times itself. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
  /** Set when another node leads. */
  readonly leader: Partition | undefined;
}

/** An appended batch that waits for its replicas. */
interface Pending {
  readonly partition: Partition;
  readonly lastOffset: number;
  readonly leaderEpoch: number;
  result: ProduceResult;
  done: boolean;
}

/** When the log refuses, the answer says where it begins, but with these. */
const TOLD_ALONE: ReadonlySet<string> = new Set(['CORRUPT_MESSAGE', 'MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** Appends what producers send, in Kafka's order of checks, and waits for replicas. */
export class ProduceService {
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  readonly #transactions: TransactionCoordinator;

  constructor(context: ModelContext, cluster: Cluster, transactions: TransactionCoordinator) {
    this.#context = context;
    this.#cluster = cluster;
    this.#transactions = transactions;
  }

  /**
   * Appends a request's batches; each partition succeeds or fails by itself.
   *
   * @param answer receives one result for each partition, in the order of the request, when all are decided
   * @returns ends the wait without an answer, undefined when it was answered at once
   * @throws KafkaError TRANSACTIONAL_ID_AUTHORIZATION_FAILED for transactional batches without an id that the client may use,
   *   CORRUPT_MESSAGE for a batch whose length or format cannot be
   */
  produce(request: ProduceRequest, answer: (results: readonly ProduceResult[]) => void): (() => void) | undefined {
    if (request.partitions.some(isTransactional)) checkTransactionalId(request);
    const pending = this.#context.outbox.run(() => request.partitions.map((entry) => this.#append(request, entry)));
    const waiting = pending.filter((entry) => !entry.done);
    if (request.acks !== -1 || waiting.length === 0) {
      answer(pending.map((entry) => entry.result));
      return undefined;
    }
    return this.#await(request, pending as Pending[], answer);
  }

  #append(request: ProduceRequest, entry: ProducePartition): Pending | { readonly done: true; result: ProduceResult } {
    const partition = this.#cluster.partition(entry.topic, entry.index);
    let reached = false;
    try {
      const batch = this.#admit(request, entry, partition);
      if (batch.isTransactional && batch.producerId >= 0) this.#verify(request, batch, partition as Partition);
      reached = true;
      return this.#appendChecked(request, entry, batch, partition as Partition);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      const logStartOffset = reached && partition && !TOLD_ALONE.has(error.code) ? partition.log.logStart : -1;
      return { done: true, result: { ...failure(entry, error, partition), logStartOffset } };
    }
  }

  #appendChecked(request: ProduceRequest, entry: ProducePartition, sent: RecordBatch, target: Partition): Pending {
    this.#check(request, sent, target);
    const { log } = target;
    const base = { topic: entry.topic, index: entry.index, error: undefined, message: undefined, recordErrors: [] };
    const repeated = sent.producerId >= 0 ? log.producers.check(sent) : undefined;
    const batch = repeated ? sent : this.#asKept(sent, target);
    if (!repeated) {
      if (target.home.settings.logAppendTime) batch.stampAppendTime(this.#context.clock.now);
      target.append(batch);
      if (this.#context.journal.on) this.#note(target, batch);
    }
    const lastOffset = repeated?.lastOffset ?? batch.lastOffset;
    const stamped = target.home.settings.logAppendTime;
    return {
      partition: target,
      lastOffset,
      leaderEpoch: target.leaderEpoch,
      done: request.acks !== -1 || log.highWatermark > lastOffset,
      result: {
        ...base,
        baseOffset: repeated?.firstOffset ?? batch.baseOffset,
        // What is repeated tells the time of the first, whoever set it.
        logAppendTimeMs: repeated?.timestampMs ?? (stamped ? batch.maxTimestampMs : -1),
        logStartOffset: log.logStart,
        leader: undefined,
      },
    };
  }

  #asKept(sent: RecordBatch, { home }: Partition): RecordBatch {
    return inTopicCodec(sent, home.settings.compressionType, this.#context.limits.kafkaDecompressedBytes);
  }

  #note(target: Partition, batch: RecordBatch): void {
    this.#context.journal.record('kafka', 'published', {
      to: target.home.name,
      partition: target.index,
      offset: batch.baseOffset,
      count: batch.recordCount,
      bytes: batch.sizeBytes,
    });
  }

  /** What is looked at before the log is, in Kafka's order. */
  #admit(request: ProduceRequest, entry: ProducePartition, partition: Partition | undefined): RecordBatch {
    if (request.mayWrite?.(entry.topic) === false) {
      throw new KafkaError('TOPIC_AUTHORIZATION_FAILED', `writing to topic '${entry.topic}' is denied`);
    }
    if (!partition || partition.deleted) {
      throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `there is no partition ${entry.topic}-${entry.index}`);
    }
    const batch = onlyBatch(entry.records);
    if (batch.codec === 4 && !request.zstdAllowed) {
      throw new KafkaError('UNSUPPORTED_COMPRESSION_TYPE', 'zstd needs version 7 of Produce');
    }
    if (request.acks < -1 || request.acks > 1) {
      throw new KafkaError('INVALID_REQUIRED_ACKS', `acks is ${request.acks}; -1, 0 and 1 are accepted`);
    }
    if (isInternalTopic(entry.topic) && request.clientId !== '__admin_client') {
      throw new KafkaError('INVALID_TOPIC_EXCEPTION', `'${entry.topic}' is an internal topic; nobody may write to it`);
    }
    partition.checkLeader(request.nodeId);
    return batch;
  }

  /** The rest that does not depend on what the producer wrote before. */
  #check(request: ProduceRequest, batch: RecordBatch, partition: Partition): void {
    if (request.acks === -1 && partition.isr.length < partition.minInsyncReplicas) {
      throw new KafkaError(
        'NOT_ENOUGH_REPLICAS',
        `${partition.isr.length} replicas are in sync; min.insync.replicas asks for ${partition.minInsyncReplicas}`,
      );
    }
    checkRecords(batch, partition, this.#context);
    partition.checkRoom(batch.sizeBytes, batch.recordCount);
  }

  #verify(request: ProduceRequest, batch: RecordBatch, partition: Partition): void {
    const { producerId, producerEpoch } = batch;
    const state = partition.log.producers.get(producerId);
    if (state?.transactionStart !== undefined) return;
    if (!this.#cluster.config.flag('transaction.partition.verification.enable')) return;
    partition.log.producers.attempt(batch, this.#context.clock.now);
    try {
      this.#transactions.verify(
        request.transactionalId,
        producerId,
        producerEpoch,
        partition.home.name,
        partition.index,
      );
    } catch (error) {
      if (!(error instanceof KafkaError) || error.code !== 'INVALID_TXN_STATE' || !request.knowsAbortable) throw error;
      throw new KafkaError('TRANSACTION_ABORTABLE', error.message);
    }
  }

  #await(
    request: ProduceRequest,
    pending: readonly Pending[],
    answer: (results: readonly ProduceResult[]) => void,
  ): () => void {
    const stops: Array<() => void> = [];
    const settle = () => {
      for (const stop of stops) stop();
      return pending.map((entry) => entry.result);
    };
    const timeOut = () => {
      for (const entry of pending) if (!entry.done) entry.result = late(entry);
      return settle();
    };
    const { clock } = this.#context;
    const delayed = new Delayed(clock, clock.now + Math.max(request.timeoutMs, 0), timeOut, answer);
    const check = () => {
      if (delayed.done) return;
      for (const entry of pending) if (!entry.done) decide(entry);
      if (pending.every((entry) => entry.done)) delayed.complete(settle());
    };
    for (const entry of pending) if (!entry.done) stops.push(entry.partition.watch(check));
    return () => {
      if (delayed.abandon()) settle();
    };
  }
}

function checkTransactionalId({ transactionalId, mayUseId }: ProduceRequest): void {
  if (transactionalId !== null && mayUseId?.(transactionalId) !== false) return;
  const why = transactionalId === null ? 'came without its id' : `may not come from '${transactionalId}'`;
  throw new KafkaError('TRANSACTIONAL_ID_AUTHORIZATION_FAILED', `a transactional batch ${why}`);
}

function isTransactional({ records }: ProducePartition): boolean {
  const batch = records && firstBatch(records);
  return batch ? beginsTransactional(batch) : false;
}

function onlyBatch(records: Uint8Array | null): RecordBatch {
  // The copy is the broker's own: it is patched, kept, and does not hold the whole request in memory.
  const bytes = records && firstBatch(records);
  if (!bytes)
    throw new KafkaError('INVALID_RECORD', 'Produce requests must have at least one record batch per partition');
  const batch = RecordBatch.parse(Buffer.from(bytes));
  if (firstBatch(records.subarray(bytes.length))) {
    throw new KafkaError('INVALID_RECORD', 'Produce requests must contain exactly one record batch per partition');
  }
  return batch;
}

function failure(
  entry: Pick<ProducePartition, 'topic' | 'index'>,
  error: KafkaError,
  partition: Partition | undefined,
): ProduceResult {
  return {
    topic: entry.topic,
    index: entry.index,
    error: error.code,
    message: error.message,
    recordErrors: error.recordErrors,
    baseOffset: -1,
    logAppendTimeMs: -1,
    logStartOffset: -1,
    leader: error.code === 'NOT_LEADER_OR_FOLLOWER' ? partition : undefined,
  };
}

/** Looks whether a waiting batch is committed, or will never be known to be. */
function decide(entry: Pending): void {
  const { partition } = entry;
  const give = (code: KafkaErrorCode, message: string) => {
    entry.result = failure(entry.result, new KafkaError(code, message), partition);
    entry.done = true;
  };
  if (partition.deleted) return give('UNKNOWN_TOPIC_OR_PARTITION', 'the topic was deleted');
  if (partition.leaderEpoch !== entry.leaderEpoch) return give('NOT_LEADER_OR_FOLLOWER', 'another node leads now');
  if (partition.log.highWatermark <= entry.lastOffset) return;
  if (partition.isr.length < partition.minInsyncReplicas) {
    return give('NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'the batch was appended, then too few replicas were in sync');
  }
  entry.done = true;
}

function late(entry: Pending): ProduceResult {
  return failure(
    entry.result,
    new KafkaError('REQUEST_TIMED_OUT', 'the replicas did not follow in time'),
    entry.partition,
  );
}
