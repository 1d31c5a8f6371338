import { decodeText, type Header, Message } from '../../core/message.js';
import { KafkaError } from './errors.js';
import { VarintReader, varintBytes, varlongBytes, writeVarint, writeVarlong } from './varint.js';

/** A header of a record as it is stored: text and bytes. Names may repeat, the order is kept. */
export type RecordHeader = Header<Uint8Array | null>;

/** What a record consists of, before it has a place in a log. */
export interface RecordContent {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
  readonly timestampMs: number;
}

/** A record of a partition, as native readers get it. `body` is the value, null for a tombstone. */
export class KafkaRecord extends Message {
  declare readonly headers: readonly RecordHeader[];
  declare readonly topic: string;
  declare readonly partition: number;
  declare readonly offset: number;
  /** Treat as read-only. */
  declare readonly keyBytes: Uint8Array | null;

  constructor(topic: string, partition: number, offset: number, content: RecordContent) {
    super(content.value, content.headers, content.timestampMs);
    this.topic = topic;
    this.partition = partition;
    this.offset = offset;
    this.keyBytes = content.key;
  }

  /** The key as UTF-8 text, null when there is none. */
  get key(): string | null {
    return this.keyBytes === null ? null : decodeText(this.keyBytes);
  }

  /** The value as bytes, the same as `body`. */
  get value(): Uint8Array | null {
    return this.body;
  }

  /** The last header of this name as text, undefined when there is none. */
  header(name: string): string | undefined {
    const found = this.headers.findLast(([key]) => key === name);
    return found?.[1] ? decodeText(found[1]) : undefined;
  }
}

const NO_HEADERS: readonly RecordHeader[] = [];

/** Bytes that a record takes behind its length field. */
export function bodyBytes(record: RecordContent, offsetDelta: number, timestampDelta: number): number {
  const { key, value, headers } = record;
  const keyLength = key === null ? 0 : key.length;
  const valueLength = value === null ? 0 : value.length;
  let size = 1 + varlongBytes(timestampDelta) + varintBytes(offsetDelta);
  size += varintBytes(key === null ? -1 : keyLength) + keyLength;
  size += varintBytes(value === null ? -1 : valueLength) + valueLength;
  if (headers.length === 0) return size + 1;
  size += varintBytes(headers.length);
  for (const [name, content] of headers) {
    const nameLength = Buffer.byteLength(name);
    size += varintBytes(nameLength) + nameLength;
    size += varintBytes(content === null ? -1 : content.length) + (content === null ? 0 : content.length);
  }
  return size;
}

/**
 * Writes a record in the layout of format 2; returns the position behind it. `size` is what `bodyBytes` gave.
 *
 *     length | attributes 0 | timestamp delta | offset delta | key | value | count of headers | headers
 */
export function writeRecord(
  bytes: Buffer,
  at: number,
  record: RecordContent,
  offsetDelta: number,
  timestampDelta: number,
  size: number,
): number {
  at = writeVarint(bytes, at, size);
  bytes[at++] = 0;
  at = writeVarlong(bytes, at, timestampDelta);
  at = writeVarint(bytes, at, offsetDelta);
  at = writeNullable(bytes, at, record.key);
  at = writeNullable(bytes, at, record.value);
  at = writeVarint(bytes, at, record.headers.length);
  for (const [name, content] of record.headers) {
    const nameLength = Buffer.byteLength(name);
    at = writeVarint(bytes, at, nameLength);
    at += bytes.write(name, at, nameLength, 'utf8');
    at = writeNullable(bytes, at, content);
  }
  return at;
}

function writeNullable(bytes: Buffer, at: number, content: Uint8Array | null): number {
  if (content === null) return writeVarint(bytes, at, -1);
  at = writeVarint(bytes, at, content.length);
  bytes.set(content, at);
  return at + content.length;
}

/** Walks over the records of a batch. After `next` the fields describe the record that was met. */
export class RecordReader {
  offsetDelta = 0;
  timestampDelta = 0;
  /** -1 without a key. */
  keyLength = -1;
  /** -1 for a tombstone. */
  valueLength = -1;
  headerCount = 0;
  #keyAt = 0;
  #valueAt = 0;
  #headersAt = 0;
  readonly #reader: VarintReader;
  /** Asked for once: the property is a call into the engine. */
  readonly #buffer: ArrayBufferLike;
  readonly #bufferAt: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#reader = new VarintReader(bytes, start, end);
    this.#buffer = bytes.buffer;
    this.#bufferAt = bytes.byteOffset;
  }

  /** Where the next record begins. */
  get position(): number {
    return this.#reader.at;
  }

  get done(): boolean {
    return this.#reader.at >= this.#reader.end;
  }

  /** Steps over one record. @throws KafkaError INVALID_RECORD */
  next(): void {
    const reader = this.#reader;
    const length = reader.varint();
    const end = reader.skip(length) + length;
    reader.at = end - length;
    reader.byte();
    this.timestampDelta = reader.varlong();
    this.offsetDelta = reader.varint();
    this.keyLength = reader.varint();
    this.#keyAt = reader.skip(Math.max(this.keyLength, 0));
    this.valueLength = reader.varint();
    this.#valueAt = reader.skip(Math.max(this.valueLength, 0));
    this.headerCount = reader.varint();
    this.#headersAt = reader.at;
    if (this.headerCount === 0) {
      if (reader.at !== end) throw new KafkaError('INVALID_RECORD', `a record is ${end - reader.at} bytes too long`);
      return;
    }
    this.#checkHeaders(end);
    reader.at = end;
  }

  #checkHeaders(end: number): void {
    const reader = this.#reader;
    if (this.headerCount < 0 || this.headerCount > end - reader.at) {
      throw new KafkaError('INVALID_RECORD', `a record has ${this.headerCount} headers in ${end - reader.at} bytes`);
    }
    for (let left = this.headerCount; left > 0; left--) {
      const nameLength = reader.varint();
      if (nameLength < 0) throw new KafkaError('INVALID_RECORD', 'a header of a record has no name');
      reader.skip(nameLength);
      reader.skip(Math.max(reader.varint(), 0));
    }
    if (reader.at !== end) throw new KafkaError('INVALID_RECORD', `a record is ${end - reader.at} bytes too long`);
  }

  /** A view on the key. */
  key(): Uint8Array | null {
    return this.keyLength < 0 ? null : this.#view(this.#keyAt, this.keyLength);
  }

  /** A view on the value. */
  value(): Uint8Array | null {
    return this.valueLength < 0 ? null : this.#view(this.#valueAt, this.valueLength);
  }

  headers(): readonly RecordHeader[] {
    if (this.headerCount === 0) return NO_HEADERS;
    const { bytes, end } = this.#reader;
    const reader = new VarintReader(bytes, this.#headersAt, end);
    const headers: RecordHeader[] = [];
    for (let left = this.headerCount; left > 0; left--) {
      const nameLength = reader.varint();
      const name = decodeText(this.#view(reader.skip(nameLength), nameLength));
      const length = reader.varint();
      headers.push([name, length < 0 ? null : this.#view(reader.skip(length), length)]);
    }
    return headers;
  }

  #view(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#buffer, this.#bufferAt + at, length);
  }
}
