import { KafkaError } from './errors.js';
import type { RecordBatch } from './record-batch.js';

/** Batches of a producer that are remembered to recognise a repetition. */
const REMEMBERED_BATCHES = 5;

/** A batch that was appended, as far as repetitions are concerned. */
export interface AppendedBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly timestampMs: number;
}

/** What one partition knows of one producer. */
export interface ProducerState {
  readonly producerId: number;
  epoch: number;
  /** The last five batches of this epoch, oldest first. */
  batches: readonly AppendedBatch[];
  /** Where its open transaction began here, undefined without one. */
  transactionStart: number | undefined;
  coordinatorEpoch: number;
  lastTimestampMs: number;
}

/** A transactional producer that tried to begin here, and has not written yet. */
interface Attempt {
  epoch: number;
  lowestSequence: number;
  atMs: number;
}

/**
 * Idempotence in one partition: what each producer wrote last.
 *
 * `attempt` notes that somebody is about to begin; `check` decides on a batch and changes nothing; `apply` takes in a batch that is in the log, in its order, so that
 * the state can be made again from the log.
 */
export class ProducerStates {
  readonly #states = new Map<number, ProducerState>();
  /** Producers with an open transaction; few at any time. */
  readonly #open = new Set<ProducerState>();
  readonly #attempts = new Map<number, Attempt>();

  /** Every known producer, by id. */
  get all(): ReadonlyMap<number, ProducerState> {
    return this.#states;
  }

  get(producerId: number): ProducerState | undefined {
    return this.#states.get(producerId);
  }

  /** Where the oldest open transaction begins, undefined when none is open. */
  get firstOpenOffset(): number | undefined {
    if (this.#open.size === 0) return undefined;
    let first: number | undefined;
    for (const { transactionStart } of this.#open) {
      if (transactionStart !== undefined && (first === undefined || transactionStart < first)) first = transactionStart;
    }
    return first;
  }

  /**
   * Decides on a batch of an idempotent producer.
   *
   * @returns the batch of which it is a repetition, undefined when it is new
   * @throws KafkaError INVALID_PRODUCER_EPOCH, OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_TXN_STATE
   */
  check(batch: RecordBatch): AppendedBatch | undefined {
    const state = this.#states.get(batch.producerId);
    if (!state) {
      this.#checkAttempt(batch);
      return undefined;
    }
    if (batch.producerEpoch === state.epoch) {
      const { baseSequence, lastSequence } = batch;
      const same = (known: AppendedBatch) =>
        known.firstSequence === baseSequence && known.lastSequence === lastSequence;
      const repeated = state.batches.find(same);
      if (repeated) return repeated;
    }
    checkEpoch(batch, state);
    this.#checkAttempt(batch);
    checkSequence(batch, state);
    if (state.transactionStart !== undefined && !batch.isTransactional) {
      throw new KafkaError(
        'INVALID_TXN_STATE',
        `producer ${batch.producerId} has an open transaction; this batch is not part of it`,
      );
    }
    return undefined;
  }

  /**
   * Notes that a producer is about to begin a transaction here, whether or not it will be allowed to: what it tried
   * first has to come first.
   */
  attempt({ producerId, producerEpoch: epoch, baseSequence }: RecordBatch, atMs: number): void {
    const before = this.#attempts.get(producerId);
    if (!before || epoch > before.epoch) {
      this.#attempts.set(producerId, { epoch, lowestSequence: baseSequence, atMs });
    } else if (epoch === before.epoch && baseSequence < before.lowestSequence) {
      before.lowestSequence = baseSequence;
    }
  }

  #checkAttempt({ producerId, baseSequence }: RecordBatch): void {
    const lowest = this.#attempts.get(producerId)?.lowestSequence ?? baseSequence;
    if (baseSequence <= lowest) return;
    throw new KafkaError(
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
      `producer ${producerId} sent sequence ${baseSequence}; it tried ${lowest} before, which was refused`,
    );
  }

  /**
   * Takes in a batch of a producer, or a marker.
   *
   * @returns where the transaction began that the marker ended, undefined when it ended none or it is no marker
   */
  apply(batch: RecordBatch): number | undefined {
    const state = this.#stateOf(batch);
    if (batch.isTransactional) this.#attempts.delete(batch.producerId);
    if (batch.producerEpoch > state.epoch) {
      state.epoch = batch.producerEpoch;
      state.batches = [];
    }
    state.lastTimestampMs = batch.maxTimestampMs;
    if (batch.isControl) {
      state.coordinatorEpoch = coordinatorEpochOf(batch);
      const start = state.transactionStart;
      state.transactionStart = undefined;
      this.#open.delete(state);
      return start;
    }
    const appended: AppendedBatch = {
      firstSequence: batch.baseSequence,
      lastSequence: batch.lastSequence,
      firstOffset: batch.baseOffset,
      lastOffset: batch.lastOffset,
      timestampMs: batch.maxTimestampMs,
    };
    state.batches = [...state.batches.slice(1 - REMEMBERED_BATCHES), appended];
    if (batch.isTransactional && state.transactionStart === undefined) {
      state.transactionStart = batch.baseOffset;
      this.#open.add(state);
    }
    return undefined;
  }

  #stateOf(batch: RecordBatch): ProducerState {
    let state = this.#states.get(batch.producerId);
    if (!state) {
      state = {
        producerId: batch.producerId,
        epoch: batch.producerEpoch,
        batches: [],
        transactionStart: undefined,
        coordinatorEpoch: -1,
        lastTimestampMs: batch.maxTimestampMs,
      };
      this.#states.set(batch.producerId, state);
    }
    return state;
  }

  /** Forgets producers that wrote nothing since `sinceMs`, unless a transaction of theirs is open. */
  expire(sinceMs: number): void {
    for (const [producerId, state] of this.#states) {
      if (state.lastTimestampMs < sinceMs && state.transactionStart === undefined) this.#states.delete(producerId);
    }
    for (const [producerId, { atMs }] of this.#attempts) if (atMs < sinceMs) this.#attempts.delete(producerId);
  }

  clear(): void {
    this.#states.clear();
    this.#open.clear();
    this.#attempts.clear();
  }
}

/** A marker says the epoch of its coordinator behind the version of what it says. */
function coordinatorEpochOf(marker: RecordBatch): number {
  const reader = marker.reader(marker.sizeBytes);
  reader.next();
  const value = reader.value();
  return value ? new DataView(value.buffer, value.byteOffset).getInt32(2) : -1;
}

function checkEpoch(batch: RecordBatch, state: ProducerState): void {
  if (batch.producerEpoch >= state.epoch) return;
  throw new KafkaError(
    'INVALID_PRODUCER_EPOCH',
    `producer ${batch.producerId} wrote with epoch ${batch.producerEpoch}; ${state.epoch} is the current one`,
  );
}

function checkSequence(batch: RecordBatch, state: ProducerState): void {
  const last = state.batches.at(-1);
  const sameEpoch = batch.producerEpoch === state.epoch;
  // After a marker raised the epoch, or in a new epoch, numbers begin again.
  const expected = sameEpoch && last ? (last.lastSequence + 1) % 0x80000000 : 0;
  // A producer that gave no epoch so far may go on with any number.
  if (batch.baseSequence === expected || state.epoch < 0) return;
  throw new KafkaError(
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    `producer ${batch.producerId} sent sequence ${batch.baseSequence}; ${expected} is next`,
  );
}
