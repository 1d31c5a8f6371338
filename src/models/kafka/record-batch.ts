import { decompress } from './compression.js';
import { crc32c } from './crc32c.js';
import { KafkaError } from './errors.js';
import { bodyBytes, type RecordContent, RecordReader, writeRecord } from './record.js';

/**
 * The layout of a batch (format 2), big-endian:
 *
 *      0 base offset i64            23 last offset delta i32     51 producer epoch i16
 *      8 length behind this i32     27 base timestamp i64        53 base sequence i32
 *     12 leader epoch i32           35 max timestamp i64         57 count of records i32
 *     16 format i8 = 2              43 producer id i64           61 records, compressed as one piece or not
 *     17 CRC-32C of 21 to the end
 *     21 attributes i16: 0-2 codec, 3 log append time, 4 transactional, 5 control, 6 delete horizon
 *
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
export const BATCH_HEADER_BYTES = 61;
/** Bytes in front of what the length field counts. */
export const BATCH_LENGTH_END = 12;

export const AT = {
  baseOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
} as const;

/** The size that a batch says it has, header included; -1 when not even that is there. */
export function batchSize(bytes: Buffer, at = 0): number {
  return bytes.length - at < BATCH_LENGTH_END ? -1 : bytes.readInt32BE(at + AT.length) + BATCH_LENGTH_END;
}

/** What the length field says at least, in any format. */
const LEAST_LENGTH = 14;
const LATEST_FORMAT = 2;

/**
 * The bytes of the batch that `bytes` begins with, undefined when it is not there as a whole: what comes half is as
 * good as nothing.
 *
 * @throws KafkaError CORRUPT_MESSAGE for a length or a format that cannot be
 */
export function firstBatch(bytes: Uint8Array): Uint8Array | undefined {
  const size = batchSize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  if (size < 0 && bytes.length < BATCH_LENGTH_END) return undefined;
  if (size < BATCH_LENGTH_END + LEAST_LENGTH) throw new KafkaError('CORRUPT_MESSAGE', `a batch says ${size} bytes`);
  if (bytes.length <= AT.magic) return undefined;
  const format = ((bytes[AT.magic] as number) << 24) >> 24;
  if (format < 0 || format > LATEST_FORMAT)
    throw new KafkaError('CORRUPT_MESSAGE', `Invalid magic found in record: ${format}`);
  return size > bytes.length ? undefined : bytes.subarray(0, size);
}

const CODEC_MASK = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;
const DELETE_HORIZON = 0x40;

const FIRST_BYTES = 512;
/** A batch that native producers fill is closed here. */
const FULL_BYTES = 32 * 1024 - 512;
/** A full batch and its last record, as a rule. */
const ROOM_BYTES = 32 * 1024;

/** Whether bytes say of themselves that they are a transactional batch. */
export function beginsTransactional(bytes: Uint8Array): boolean {
  return bytes[AT.magic] === 2 && ((bytes[AT.attributes + 1] ?? 0) & TRANSACTIONAL) !== 0;
}

/** Who wrote a batch, for duplicates and transactions. */
export interface BatchProducer {
  readonly id: number;
  readonly epoch: number;
  readonly baseSequence: number;
  readonly transactional: boolean;
}

/**
 * A batch of records, as it is stored and sent.
 *
 * From the wire it is opaque bytes. Native producers add to an open one, until it is full or somebody wants its bytes:
 * then its header is written and it is sealed. Bytes of a sealed batch never change.
 */
export class RecordBatch {
  baseOffset = 0;
  leaderEpoch = 0;
  attributes = 0;
  lastOffsetDelta = -1;
  baseTimestampMs = 0;
  maxTimestampMs = -1;
  producerId = -1;
  producerEpoch = -1;
  baseSequence = -1;
  recordCount = 0;
  #bytes: Buffer;
  #size: number;
  #open = false;
  /** The header is written when somebody wants the bytes. */
  #headerless = false;
  #payload: Uint8Array | undefined;

  private constructor(bytes: Buffer, size: number) {
    this.#bytes = bytes;
    this.#size = size;
  }

  /**
   * Reads the header of a whole batch; its records stay closed. The bytes belong to the batch from here on.
   *
   * @throws KafkaError CORRUPT_MESSAGE, INVALID_RECORD for another format
   */
  static parse(bytes: Uint8Array): RecordBatch {
    const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (buffer.length <= AT.magic) throw new KafkaError('CORRUPT_MESSAGE', `a batch of ${buffer.length} bytes`);
    const magic = buffer[AT.magic];
    if (magic !== 2) throw new KafkaError('INVALID_RECORD', `a batch has format ${magic}; only 2 is accepted`);
    if (buffer.length < BATCH_HEADER_BYTES || buffer.readInt32BE(AT.length) !== buffer.length - BATCH_LENGTH_END) {
      throw new KafkaError('CORRUPT_MESSAGE', `a batch of ${buffer.length} bytes says another length`);
    }
    const batch = new RecordBatch(buffer, buffer.length);
    batch.baseOffset = readInt64(buffer, AT.baseOffset);
    batch.leaderEpoch = buffer.readInt32BE(AT.leaderEpoch);
    batch.attributes = buffer.readInt16BE(AT.attributes);
    batch.lastOffsetDelta = buffer.readInt32BE(AT.lastOffsetDelta);
    batch.baseTimestampMs = readInt64(buffer, AT.baseTimestamp);
    batch.maxTimestampMs = readInt64(buffer, AT.maxTimestamp);
    batch.producerId = readInt64(buffer, AT.producerId);
    batch.producerEpoch = buffer.readInt16BE(AT.producerEpoch);
    batch.baseSequence = buffer.readInt32BE(AT.baseSequence);
    batch.recordCount = buffer.readInt32BE(AT.recordCount);
    return batch;
  }

  /** An empty batch to add records to. */
  static open(baseTimestampMs: number, expectedBytes = FIRST_BYTES): RecordBatch {
    const batch = new RecordBatch(Buffer.allocUnsafe(expectedBytes), BATCH_HEADER_BYTES);
    batch.baseTimestampMs = baseTimestampMs;
    batch.#open = true;
    batch.#headerless = true;
    return batch;
  }

  /** An empty batch behind another one: where that was filled, room for as many records at once. */
  static openBehind(last: RecordBatch | undefined, baseTimestampMs: number): RecordBatch {
    return RecordBatch.open(baseTimestampMs, last && last.#size >= FULL_BYTES ? ROOM_BYTES : FIRST_BYTES);
  }

  /** A sealed batch of these records. @param records at least one */
  static of(records: readonly RecordContent[], producer?: BatchProducer): RecordBatch {
    const batch = RecordBatch.open(records[0]?.timestampMs ?? 0);
    for (const record of records) batch.#add(record);
    if (producer) {
      batch.producerId = producer.id;
      batch.producerEpoch = producer.epoch;
      batch.baseSequence = producer.baseSequence;
      if (producer.transactional) batch.attributes |= TRANSACTIONAL;
    }
    batch.seal();
    return batch;
  }

  /**
   * The same batch with fewer records, each where it was: what compaction leaves. It is not compressed any more.
   *
   * @param kept records that stay, with their offset deltas
   * @param deleteHorizonMs when tombstones in it, or the marker that it is, may go
   */
  static thinned(
    original: RecordBatch,
    kept: ReadonlyArray<{ readonly offsetDelta: number; readonly record: RecordContent }>,
    deleteHorizonMs: number | undefined,
  ): RecordBatch {
    const batch = RecordBatch.open(deleteHorizonMs ?? original.baseTimestampMs);
    for (const { offsetDelta, record } of kept) {
      batch.lastOffsetDelta = offsetDelta - 1;
      batch.#add(record);
    }
    if (kept.length === 0 || original.hasLogAppendTime) batch.maxTimestampMs = original.maxTimestampMs;
    batch.attributes = (original.attributes & ~CODEC_MASK) | (deleteHorizonMs === undefined ? 0 : DELETE_HORIZON);
    batch.lastOffsetDelta = original.lastOffsetDelta;
    batch.producerId = original.producerId;
    batch.producerEpoch = original.producerEpoch;
    batch.baseSequence = original.baseSequence;
    batch.baseOffset = original.baseOffset;
    batch.leaderEpoch = original.leaderEpoch;
    batch.seal();
    return batch;
  }

  /** The marker that ends a transaction in a partition. */
  static marker(options: {
    readonly producerId: number;
    readonly producerEpoch: number;
    readonly coordinatorEpoch: number;
    readonly commit: boolean;
    readonly timestampMs: number;
  }): RecordBatch {
    const key = Buffer.from([0, 0, 0, options.commit ? 1 : 0]);
    const value = Buffer.alloc(6);
    value.writeInt32BE(options.coordinatorEpoch, 2);
    const batch = RecordBatch.open(options.timestampMs, 128);
    batch.#add({ key, value, headers: [], timestampMs: options.timestampMs });
    batch.attributes = TRANSACTIONAL | CONTROL;
    batch.producerId = options.producerId;
    batch.producerEpoch = options.producerEpoch;
    batch.seal();
    return batch;
  }

  get lastOffset(): number {
    return this.baseOffset + this.lastOffsetDelta;
  }

  /** The next offset behind it. */
  get endOffset(): number {
    return this.baseOffset + this.lastOffsetDelta + 1;
  }

  /** Header included. */
  get sizeBytes(): number {
    return this.#size;
  }

  /** Bytes that it holds in memory, what is reserved for more records included. */
  get heldBytes(): number {
    return this.#bytes.length + (this.#payload?.length ?? 0);
  }

  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  get codec(): number {
    return this.attributes & CODEC_MASK;
  }

  get hasLogAppendTime(): boolean {
    return (this.attributes & LOG_APPEND_TIME) !== 0;
  }

  get isTransactional(): boolean {
    return (this.attributes & TRANSACTIONAL) !== 0;
  }

  get isControl(): boolean {
    return (this.attributes & CONTROL) !== 0;
  }

  /** When tombstones in it may go, undefined before the first compaction that met them. */
  get deleteHorizonMs(): number | undefined {
    return this.attributes & DELETE_HORIZON ? this.baseTimestampMs : undefined;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get lastSequence(): number {
    return (this.baseSequence + this.lastOffsetDelta) % 0x80000000;
  }

  /** The stored bytes; an open batch is sealed. Must not be changed. */
  get bytes(): Uint8Array {
    this.seal();
    if (this.#headerless) this.#writeHeader();
    return this.#bytes;
  }

  /** Whether the checksum fits the bytes. */
  get isIntact(): boolean {
    return this.#headerless || this.#bytes.readUInt32BE(AT.crc) === crc32c(this.#bytes, AT.attributes, this.#size);
  }

  /** Adds a record to an open batch; returns the bytes that it takes, 0 when it has to go into another one. */
  add(record: RecordContent): number {
    return this.#open && this.#size < FULL_BYTES ? this.#add(record) : 0;
  }

  #add(record: RecordContent): number {
    const at = this.#size;
    const offsetDelta = this.lastOffsetDelta + 1;
    const timestampDelta = record.timestampMs - this.baseTimestampMs;
    const size = bodyBytes(record, offsetDelta, timestampDelta);
    const needed = at + size + 5; // the length field takes no more
    if (needed > this.#bytes.length) this.#grow(needed);
    const end = writeRecord(this.#bytes, at, record, offsetDelta, timestampDelta, size);
    this.#size = end;
    this.lastOffsetDelta = offsetDelta;
    this.recordCount++;
    if (record.timestampMs > this.maxTimestampMs) this.maxTimestampMs = record.timestampMs;
    return end - at;
  }

  #grow(needed: number): void {
    const bigger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    bigger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = bigger;
  }

  /** Nothing is added any more. */
  seal(): void {
    if (!this.#open) return;
    this.#open = false;
    // What was reserved and not used is given back when it is worth the copy.
    const used = this.#bytes.subarray(0, this.#size);
    this.#bytes = this.#bytes.length - this.#size > this.#size / 8 ? Buffer.from(used) : used;
  }

  #writeHeader(): void {
    this.#headerless = false;
    const bytes = this.#bytes;
    writeInt64(bytes, AT.baseOffset, this.baseOffset);
    bytes.writeInt32BE(this.#size - BATCH_LENGTH_END, AT.length);
    bytes.writeInt32BE(this.leaderEpoch, AT.leaderEpoch);
    bytes[AT.magic] = 2;
    bytes.writeInt16BE(this.attributes, AT.attributes);
    bytes.writeInt32BE(this.lastOffsetDelta, AT.lastOffsetDelta);
    writeInt64(bytes, AT.baseTimestamp, this.baseTimestampMs);
    writeInt64(bytes, AT.maxTimestamp, this.maxTimestampMs);
    writeInt64(bytes, AT.producerId, this.producerId);
    bytes.writeInt16BE(this.producerEpoch, AT.producerEpoch);
    bytes.writeInt32BE(this.baseSequence, AT.baseSequence);
    bytes.writeInt32BE(this.recordCount, AT.recordCount);
    bytes.writeUInt32BE(crc32c(bytes, AT.attributes, this.#size), AT.crc);
  }

  /** Gives it its place in a log: both fields lie in front of the checksum. */
  place(baseOffset: number, leaderEpoch: number): void {
    this.baseOffset = baseOffset;
    this.leaderEpoch = leaderEpoch;
    if (this.#headerless) return;
    writeInt64(this.#bytes, AT.baseOffset, baseOffset);
    this.#bytes.writeInt32BE(leaderEpoch, AT.leaderEpoch);
  }

  /** Replaces the times of its records by that of its append. */
  stampAppendTime(nowMs: number): void {
    this.#stamp(this.attributes | LOG_APPEND_TIME, nowMs);
  }

  /** Says that its records have times of their own, the latest of them being this one. */
  settleTimes(latestMs: number): void {
    const attributes = this.attributes & ~LOG_APPEND_TIME;
    if (attributes !== this.attributes || latestMs !== this.maxTimestampMs) this.#stamp(attributes, latestMs);
  }

  #stamp(attributes: number, maxTimestampMs: number): void {
    this.attributes = attributes;
    this.maxTimestampMs = maxTimestampMs;
    if (this.#headerless) return;
    this.#bytes.writeInt16BE(attributes, AT.attributes);
    writeInt64(this.#bytes, AT.maxTimestamp, maxTimestampMs);
    this.#bytes.writeUInt32BE(crc32c(this.#bytes, AT.attributes, this.#size), AT.crc);
  }

  /** Its records, unfolded when they are compressed (once). @throws DecompressionError */
  reader(maxBytes: number): RecordReader {
    if (this.codec === 0) return new RecordReader(this.#bytes, BATCH_HEADER_BYTES, this.#size);
    this.#payload ??= decompress(this.codec, this.#bytes.subarray(BATCH_HEADER_BYTES, this.#size), maxBytes);
    return new RecordReader(this.#payload, 0, this.#payload.length);
  }

  /** Goes on behind records that were read when the batch was shorter; only for one that is not compressed. */
  readerFrom(position: number): RecordReader {
    return new RecordReader(this.#bytes, position, this.#size);
  }

  /** The time of the record that `reader` has met. */
  timestampMs(reader: RecordReader): number {
    return this.hasLogAppendTime ? this.maxTimestampMs : this.baseTimestampMs + reader.timestampDelta;
  }

  /** Whether the marker commits; only for control batches. */
  get commits(): boolean {
    const reader = this.reader(BATCH_HEADER_BYTES);
    reader.next();
    return reader.key()?.[3] === 1;
  }
}

/** A 64-bit integer as the nearest double. */
function readInt64(bytes: Buffer, at: number): number {
  return bytes.readInt32BE(at) * 0x100000000 + bytes.readUInt32BE(at + 4);
}

function writeInt64(bytes: Buffer, at: number, value: number): void {
  const high = Math.floor(value / 0x100000000);
  bytes.writeInt32BE(high, at);
  bytes.writeUInt32BE(value - high * 0x100000000, at + 4);
}
