import { KafkaError } from './errors.js';
import type { Partition } from './partition.js';
import { KafkaRecord, type RecordReader } from './record.js';
import type { RecordBatch } from './record-batch.js';

/**
 * Reads one partition record by record, from an offset on, and goes on where it stopped when there is more.
 *
 * Markers are stepped over, and with `committed` what was aborted, too. What retention took away is skipped.
 */
export class LogReader {
  readonly partition: Partition;
  readonly #committed: boolean;
  readonly #maxBytes: number;
  #offset: number;
  #batch: RecordBatch | undefined;
  #reader: RecordReader | undefined;
  #generation: number;
  /** What `limit` was: in one generation it never goes back. */
  #knownLimit = 0;

  /** @param maxBytes size to which a compressed batch may unfold */
  constructor(partition: Partition, offset: number, options: { committed: boolean; maxBytes: number }) {
    this.partition = partition;
    this.#offset = offset;
    this.#generation = partition.generation;
    this.#committed = options.committed;
    this.#maxBytes = options.maxBytes;
  }

  /** The offset of the next record, or of what stands in its place. */
  get offset(): number {
    return this.#offset;
  }

  /** Goes on at another offset. */
  seek(offset: number): void {
    this.#offset = offset;
    this.#batch = undefined;
  }

  /** The first offset that may not be read yet. */
  get limit(): number {
    const { log } = this.partition;
    return this.#committed ? log.lastStable : log.highWatermark;
  }

  /**
   * The next record, undefined when there is none yet.
   *
   * @throws KafkaError CORRUPT_MESSAGE for a batch that cannot be read
   * @throws DecompressionError for one that cannot be unfolded; `seek` behind it to go on
   */
  next(): KafkaRecord | undefined {
    const { partition } = this;
    if (this.#generation !== partition.generation) this.#startAgain();
    if (this.#offset < partition.log.logStart) this.seek(partition.log.logStart);
    while (this.#offset < this.#knownLimit || this.#offset < this.#readLimit()) {
      const batch = this.#batch ?? this.#enter();
      if (!batch) return undefined;
      const reader = this.#reader as RecordReader;
      if (reader.done) {
        this.#leave(batch);
        continue;
      }
      reader.next();
      const offset = batch.baseOffset + reader.offsetDelta;
      if (offset < this.#offset) continue;
      this.#offset = offset + 1;
      return new KafkaRecord(partition.home.name, partition.index, offset, {
        key: reader.key(),
        value: reader.value(),
        headers: reader.headers(),
        timestampMs: batch.timestampMs(reader),
      });
    }
    return undefined;
  }

  #readLimit(): number {
    this.#knownLimit = this.limit;
    return this.#knownLimit;
  }

  /** After a new leader or a restored snapshot the log may be shorter, with other records in it. */
  #startAgain(): void {
    this.#generation = this.partition.generation;
    this.#knownLimit = 0;
    this.seek(Math.min(this.#offset, this.partition.log.logEnd));
  }

  /** Begins with the batch at the present offset, or the next one that is to be read. */
  #enter(): RecordBatch | undefined {
    const { log } = this.partition;
    const limit = this.#readLimit();
    let batch = log.batchAt(this.#offset);
    while (batch && batch.baseOffset < limit && this.#isHidden(batch)) {
      this.#offset = batch.endOffset;
      batch = log.batchAt(this.#offset);
    }
    if (!batch || batch.baseOffset >= limit) return undefined;
    this.#reader = batch.reader(this.#maxBytes);
    this.#batch = batch;
    return batch;
  }

  /** At the end of a batch: one that has grown is read on, any other is left behind. */
  #leave(batch: RecordBatch): void {
    if (this.#offset < batch.endOffset && batch.codec === 0) {
      const more = batch.readerFrom((this.#reader as RecordReader).position);
      if (!more.done) {
        this.#reader = more;
        return;
      }
    }
    this.#offset = Math.max(this.#offset, batch.endOffset);
    this.#batch = undefined;
  }

  #isHidden(batch: RecordBatch): boolean {
    if (batch.isControl || batch.recordCount === 0) return true;
    if (!this.#committed || !batch.isTransactional) return false;
    const { log } = this.partition;
    return log
      .abortedBetween(batch.baseOffset, batch.endOffset)
      .some((aborted) => aborted.producerId === batch.producerId);
  }
}

/** The records of a partition that can be read now, at most `limit` of them. */
export function readRecords(reader: LogReader, limit = Infinity): KafkaRecord[] {
  const records: KafkaRecord[] = [];
  for (let record = reader.next(); record; record = reader.next()) {
    records.push(record);
    if (records.length >= limit) break;
  }
  return records;
}

/** @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION */
export function requirePartition(partition: Partition | undefined, topic: string, index: number): Partition {
  if (partition) return partition;
  throw new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `there is no partition ${topic}-${index}; create the topic first`);
}
