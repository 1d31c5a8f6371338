import { type FieldTable, type FieldValue, fieldTag, TypedField, type TypedTag } from '../../models/amqp/index.js';
import { MalformedBytesError, Reader, readUtf8, type TableLimits } from './reader.js';
import type { Writer } from './writer.js';

const LEAST_SAFE = BigInt(Number.MIN_SAFE_INTEGER);
const MOST_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Reads a field table with RabbitMQ's type tags.
 *
 * ```
 * size:4  ( keyLength:1  key  tag:1  value )*
 * ```
 * @throws MalformedBytesError for an unknown tag, a value that is cut, or more nesting or values than the limits allow
 */
export function readTable(reader: Reader): FieldTable {
  return new TableReader(reader.limits).table(reader, 1);
}

/** The values of a table without its length, as AMQPLAIN sends them. */
export function readBareTable(bytes: Uint8Array): FieldTable {
  const reader = new Reader(bytes);
  return new TableReader(reader.limits).entries(reader, 1);
}

class TableReader {
  readonly #limits: TableLimits;
  #values = 0;

  constructor(limits: TableLimits) {
    this.#limits = limits;
  }

  table(reader: Reader, depth: number): FieldTable {
    return this.entries(this.#inside(reader, depth), depth);
  }

  entries(inner: Reader, depth: number): FieldTable {
    const table = new Map<string, FieldValue>();
    while (inner.left > 0) {
      const key = inner.shortstr();
      const value = this.#value(inner, depth);
      if (!table.has(key)) table.set(key, value);
    }
    return table;
  }

  #array(reader: Reader, depth: number): FieldValue[] {
    const inner = this.#inside(reader, depth);
    const items: FieldValue[] = [];
    while (inner.left > 0) items.push(this.#value(inner, depth));
    return items;
  }

  /** A reader that cannot leave the table. */
  #inside(reader: Reader, depth: number): Reader {
    if (depth > this.#limits.amqpTableDepth) {
      throw new MalformedBytesError(`limits.amqpTableDepth (${this.#limits.amqpTableDepth}) exceeded by a field table`);
    }
    return reader.inside(reader.uint32());
  }

  #value(reader: Reader, depth: number): FieldValue {
    if (++this.#values > this.#limits.amqpTableEntries) {
      const limit = `limits.amqpTableEntries (${this.#limits.amqpTableEntries})`;
      throw new MalformedBytesError(`${limit} exceeded by a field table`);
    }
    const tag = String.fromCharCode(reader.uint8());
    switch (tag) {
      case 'S':
        return readText(reader.longstr());
      case 't':
        return reader.uint8() !== 0;
      case 'V':
        return null;
      case 'F':
        return this.table(reader, depth + 1);
      case 'A':
        return this.#array(reader, depth + 1);
      default:
        return readTyped(reader, tag);
    }
  }
}

function readText(bytes: Uint8Array): FieldValue {
  try {
    return readUtf8(bytes);
  } catch {
    return new TypedField('S', bytes);
  }
}

function readTyped(reader: Reader, tag: string): TypedField {
  switch (tag) {
    case 'b':
      return new TypedField(tag, (reader.uint8() << 24) >> 24);
    case 'B':
      return new TypedField(tag, reader.uint8());
    case 's':
      return new TypedField(tag, (reader.uint16() << 16) >> 16);
    case 'u':
      return new TypedField(tag, reader.uint16());
    case 'I':
      return new TypedField(tag, reader.uint32() | 0);
    case 'i':
      return new TypedField(tag, reader.uint32());
    case 'l':
    case 'L':
    case 'T':
      return new TypedField(tag, safeInteger(reader.int64()));
    case 'f':
      return new TypedField(tag, reader.float32());
    case 'd':
      return new TypedField(tag, reader.float64());
    case 'D': {
      const scale = reader.uint8();
      return new TypedField(tag, reader.uint32(), scale);
    }
    case 'x':
      return new TypedField(tag, reader.longstr());
    default:
      throw new MalformedBytesError(`no field type has the tag '${tag}'`);
  }
}

/** A number where it is exact, else a bigint. */
export function safeInteger(value: bigint): number | bigint {
  return value >= LEAST_SAFE && value <= MOST_SAFE ? Number(value) : value;
}

/** Writes a table with its length. */
export function writeTable(writer: Writer, table: FieldTable): void {
  const mark = writer.mark;
  writer.uint32(0);
  for (const [key, value] of table) {
    writer.shortstr(key);
    writeValue(writer, value);
  }
  writer.patchUint32(mark, writer.mark - mark - 4);
}

function writeValue(writer: Writer, value: FieldValue): void {
  writer.uint8(fieldTag(value).charCodeAt(0));
  if (value === null) return;
  if (typeof value === 'string') writer.longstr(value);
  else if (typeof value === 'boolean') writer.uint8(value ? 1 : 0);
  else if (value instanceof TypedField) writeTyped(writer, value);
  else if (Array.isArray(value)) writeArray(writer, value);
  else writeTable(writer, value as FieldTable);
}

function writeArray(writer: Writer, items: readonly FieldValue[]): void {
  const mark = writer.mark;
  writer.uint32(0);
  for (const item of items) writeValue(writer, item);
  writer.patchUint32(mark, writer.mark - mark - 4);
}

function writeTyped(writer: Writer, field: TypedField): void {
  const { tag, value, scale } = field;
  switch (tag) {
    case 'S':
    case 'x':
      return writer.longstr(value as Uint8Array);
    case 'D':
      writer.uint8(scale);
      return writer.uint32(Number(value));
    case 'f':
      return writer.float32(Number(value));
    case 'd':
      return writer.float64(Number(value));
    default:
      return writeInteger(writer, tag, value as number | bigint);
  }
}

function writeInteger(
  writer: Writer,
  tag: Exclude<TypedTag, 'S' | 'x' | 'D' | 'f' | 'd'>,
  value: number | bigint,
): void {
  switch (tag) {
    case 'b':
    case 'B':
      return writer.uint8(Number(value));
    case 's':
    case 'u':
      return writer.uint16(Number(value));
    case 'I':
    case 'i':
      return writer.uint32(Number(value));
    case 'l':
    case 'L':
    case 'T':
      return writer.int64(BigInt(value));
    default:
      return tag satisfies never;
  }
}
