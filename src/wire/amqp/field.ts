import type { FieldTable } from '../../models/amqp/index.js';
import { MalformedBytesError, type Reader } from './reader.js';
import { readTable, safeInteger, writeTable } from './table.js';
import type { Writer } from './writer.js';

/** What a field of each type is in TypeScript. */
export interface FieldTypes {
  readonly octet: number;
  readonly short: number;
  readonly long: number;
  /** Delivery tags. */
  readonly longlong: number;
  /** Seconds since 1970. */
  readonly timestamp: number | bigint;
  /** Consecutive bits share octets, the first in the lowest bit. */
  readonly bit: boolean;
  readonly shortstr: string;
  readonly longstr: Uint8Array;
  readonly table: FieldTable;
}

export type FieldType = keyof FieldTypes;
/** Names and types of fields, in wire order. */
export type Fields = Readonly<Record<string, FieldType>>;
/** The values of such fields. */
export type Values<F extends Fields> = { readonly [Name in keyof F]: FieldTypes[F[Name]] };

/** Reads and writes one list of fields, from one definition. */
export class FieldCodec<F extends Fields> {
  readonly fields: ReadonlyArray<readonly [name: string, type: FieldType]>;

  constructor(fields: F) {
    this.fields = Object.entries(fields);
  }

  /** @throws MalformedBytesError when bytes are missing or left over */
  read(reader: Reader): Values<F> {
    const values: Record<string, unknown> = {};
    let bits = 0;
    let bit = 0;
    for (const [name, type] of this.fields) {
      if (type !== 'bit') {
        bit = 0;
        values[name] = readField(reader, type);
        continue;
      }
      if (bit === 0) bits = reader.uint8();
      values[name] = (bits & (1 << bit)) !== 0;
      bit = (bit + 1) % 8;
    }
    if (reader.left > 0) throw new MalformedBytesError(`${reader.left} bytes too many`);
    return values as Values<F>;
  }

  write(writer: Writer, values: Values<F>): void {
    let bits = 0;
    let bit = 0;
    for (const [name, type] of this.fields) {
      const value = (values as Record<string, unknown>)[name];
      if (type !== 'bit') {
        if (bit > 0) writer.uint8(bits);
        bits = 0;
        bit = 0;
        writeField(writer, type, value);
        continue;
      }
      if (value) bits |= 1 << bit;
      if (++bit < 8) continue;
      writer.uint8(bits);
      bits = 0;
      bit = 0;
    }
    if (bit > 0) writer.uint8(bits);
  }
}

export function readField(reader: Reader, type: Exclude<FieldType, 'bit'>): unknown {
  switch (type) {
    case 'octet':
      return reader.uint8();
    case 'short':
      return reader.uint16();
    case 'long':
      return reader.uint32();
    case 'longlong':
      return reader.uint64();
    case 'timestamp':
      return safeInteger(reader.int64());
    case 'shortstr':
      return reader.shortstr();
    case 'longstr':
      return reader.longstr();
    case 'table':
      return readTable(reader);
    default:
      return type satisfies never;
  }
}

export function writeField(writer: Writer, type: Exclude<FieldType, 'bit'>, value: unknown): void {
  switch (type) {
    case 'octet':
      return writer.uint8(value as number);
    case 'short':
      return writer.uint16(value as number);
    case 'long':
      return writer.uint32(value as number);
    case 'longlong':
      return writer.uint64(value as number);
    case 'timestamp':
      return writer.int64(BigInt(value as number | bigint));
    case 'shortstr':
      return writer.shortstr(value as string);
    case 'longstr':
      return writer.longstr(value as Uint8Array);
    case 'table':
      return writeTable(writer, value as FieldTable);
    default:
      return type satisfies never;
  }
}
