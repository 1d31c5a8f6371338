/**
 * Turns a field description into a reader and a writer for one version.
 *
 * A flexible version has compact lengths (unsigned varints of length + 1, 0 for null) and ends every structure with a
 * section of tagged fields; the others have 16- and 32-bit lengths with -1 for null. Null is written as empty in the
 * versions that do not know it. Each version is compiled once, into one closure a field.
 */
import { errorCode, errorName } from './error-code.js';
import type { AnyField, Decoded, Encodable, Fields, FieldType, Primitive } from './field.js';
import { MalformedRequestError, NO_UUID, type Reader } from './reader.js';
import { Writer } from './writer.js';

type Read = (reader: Reader) => unknown;
type Write = (writer: Writer, value: any) => void;

interface Codec {
  readonly read: Read;
  readonly write: Write;
  /** Fewest bytes that a value takes: it bounds how many can be in what is left of a request. */
  readonly leastBytes: number;
}

/** One structure in one version. */
export interface StructCodec<F extends Fields> {
  read(reader: Reader): Decoded<F>;
  write(writer: Writer, value: Encodable<F>): void;
}

interface Version {
  readonly number: number;
  readonly flexible: boolean;
}

/** Compiles a structure for a version. */
export function compile<F extends Fields>(fields: F, version: number, flexible: boolean): StructCodec<F> {
  return structCodec(fields, { number: version, flexible }) as StructCodec<F>;
}

const EMPTY = new Uint8Array(0);

const FIXED: Record<Exclude<Primitive, 'string' | 'bytes'>, Codec> = {
  int8: { read: (r) => r.int8(), write: (w, v: number) => w.int8(v), leastBytes: 1 },
  int16: { read: (r) => r.int16(), write: (w, v: number) => w.int16(v), leastBytes: 2 },
  uint16: { read: (r) => r.uint16(), write: (w, v: number) => w.int16(v), leastBytes: 2 },
  int32: { read: (r) => r.int32(), write: (w, v: number) => w.int32(v), leastBytes: 4 },
  int64: { read: (r) => r.int64(), write: (w, v: number) => w.int64(v), leastBytes: 8 },
  float64: { read: (r) => r.float64(), write: (w, v: number) => w.float64(v), leastBytes: 8 },
  boolean: { read: (r) => r.boolean(), write: (w, v: boolean) => w.boolean(v), leastBytes: 1 },
  uuid: { read: (r) => r.uuid(), write: (w, v: string) => w.uuid(v), leastBytes: 16 },
  error: { read: (r) => errorName(r.int16()), write: (w, v: string) => w.int16(errorCode(v)), leastBytes: 2 },
};

const NULL = 'null stands where it is not allowed';

function textCodec(flexible: boolean, nullable: boolean): Codec {
  return {
    read: (reader) => {
      const length = reader.length16(flexible);
      if (length >= 0) return reader.text(length);
      if (nullable) return null;
      throw new MalformedRequestError(NULL);
    },
    write: (writer, value: string | null) => {
      if (value !== null) writer.text(value, flexible);
      else writer.length16(nullable ? -1 : 0, flexible);
    },
    leastBytes: flexible ? 1 : 2,
  };
}

function bytesCodec(flexible: boolean, nullable: boolean): Codec {
  return {
    read: (reader) => {
      const length = reader.length32(flexible);
      if (length >= 0) return reader.view(length);
      if (nullable) return null;
      throw new MalformedRequestError(NULL);
    },
    write: (writer, value: Uint8Array | readonly Uint8Array[] | null) => {
      if (value === null) return writer.length32(nullable ? -1 : 0, flexible);
      if (value instanceof Uint8Array) {
        writer.length32(value.length, flexible);
        return writer.raw(value);
      }
      let length = 0;
      for (const part of value) length += part.length;
      writer.length32(length, flexible);
      for (const part of value) writer.raw(part);
    },
    leastBytes: flexible ? 1 : 4,
  };
}

function arrayCodec(element: Codec, flexible: boolean, nullable: boolean): Codec {
  const least = Math.max(element.leastBytes, 1);
  return {
    read: (reader) => {
      const count = reader.length32(flexible);
      if (count === -1) {
        if (nullable) return null;
        throw new MalformedRequestError(NULL);
      }
      if (count * least > reader.remaining) {
        throw new MalformedRequestError(`${count} elements do not fit into ${reader.remaining} bytes`);
      }
      const out: unknown[] = [];
      for (let i = 0; i < count; i++) out.push(element.read(reader));
      return out;
    },
    write: (writer, value: readonly unknown[] | null) => {
      if (value === null) return writer.length32(nullable ? -1 : 0, flexible);
      writer.length32(value.length, flexible);
      for (let i = 0; i < value.length; i++) element.write(writer, value[i]);
    },
    leastBytes: flexible ? 1 : 4,
  };
}

/** A nullable structure says by one byte whether it is there. */
function nullableStructCodec(inner: Codec): Codec {
  return {
    read: (reader) => (reader.int8() < 0 ? null : inner.read(reader)),
    write: (writer, value) => {
      if (value === null) return writer.int8(-1);
      writer.int8(1);
      inner.write(writer, value);
    },
    leastBytes: 1,
  };
}

function typeCodec(type: FieldType, version: Version, nullable: boolean): Codec {
  switch (type.kind) {
    case 'string':
      return textCodec(version.flexible, nullable);
    case 'bytes':
      return bytesCodec(version.flexible, nullable);
    case 'array':
      return arrayCodec(typeCodec(type.element, version, false), version.flexible, nullable);
    case 'struct': {
      const inner = structCodec(type.fields, version);
      return nullable ? nullableStructCodec(inner) : inner;
    }
    default:
      return FIXED[type.kind];
  }
}

interface NamedCodec extends Codec {
  readonly name: string;
  readonly defaultValue: unknown;
}

interface TaggedCodec extends NamedCodec {
  readonly tag: number;
  readonly type: FieldType;
}

const exists = (field: AnyField, version: number) => version >= field.options.since && version <= field.options.until;

function structCodec(fields: Fields, version: Version): Codec {
  const inline: NamedCodec[] = [];
  const tagged = new Map<number, TaggedCodec>();
  // Every field is there in every version, in the same order, so that all decoded requests share one shape.
  const template: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const { tag, nullableSince } = field.options;
    const defaultValue = defaultOf(field);
    template[name] = defaultValue;
    if (!exists(field, version.number)) continue;
    const codec = typeCodec(field.type, version, version.number >= nullableSince);
    if (tag === undefined) inline.push({ ...codec, name, defaultValue });
    else tagged.set(tag, { ...codec, name, defaultValue, tag, type: field.type });
  }
  const byTag = [...tagged.values()].sort((a, b) => a.tag - b.tag);
  return {
    read: (reader) => {
      const out = { ...template };
      for (let i = 0; i < inline.length; i++) {
        const field = inline[i] as NamedCodec;
        out[field.name] = field.read(reader);
      }
      if (version.flexible) readTags(reader, tagged, out);
      return out;
    },
    write: (writer, value: Record<string, unknown>) => {
      for (let i = 0; i < inline.length; i++) {
        const field = inline[i] as NamedCodec;
        const given = value[field.name];
        field.write(writer, given === undefined ? field.defaultValue : given);
      }
      if (version.flexible) writeTags(writer, byTag, value);
    },
    leastBytes: inline.reduce((sum, field) => sum + field.leastBytes, version.flexible ? 1 : 0),
  };
}

function readTags(reader: Reader, tagged: Map<number, TaggedCodec>, out: Record<string, unknown>): void {
  if (tagged.size === 0) return reader.tags();
  reader.tags((tag, field) => {
    const known = tagged.get(tag);
    if (known) out[known.name] = known.read(field);
    return known !== undefined;
  });
}

function writeTags(writer: Writer, tagged: readonly TaggedCodec[], value: Record<string, unknown>): void {
  const present = tagged.filter((field) => !isDefault(field.type, value[field.name], field.defaultValue));
  writer.unsignedVarint(present.length);
  for (const field of present) {
    const inner = new Writer();
    field.write(inner, value[field.name]);
    writer.unsignedVarint(field.tag);
    writer.unsignedVarint(inner.length);
    writer.append(inner);
  }
}

function isDefault(type: FieldType, value: unknown, defaultValue: unknown): boolean {
  if (value === undefined) return true;
  if (type.kind === 'array') return value !== null && (value as unknown[]).length === 0;
  if (type.kind !== 'struct' || value === null) return value === defaultValue;
  const struct = value as Record<string, unknown>;
  return Object.entries(type.fields).every(([name, field]) => isDefault(field.type, struct[name], defaultOf(field)));
}

function defaultOf(field: AnyField): unknown {
  const { defaultValue, nullableSince } = field.options;
  if (defaultValue !== undefined) return defaultValue;
  return nullableSince === Infinity ? zeroOf(field.type) : null;
}

function zeroOf(type: FieldType): unknown {
  switch (type.kind) {
    case 'string':
      return '';
    case 'bytes':
      return EMPTY;
    case 'uuid':
      return NO_UUID;
    case 'boolean':
      return false;
    case 'error':
      return 'NONE';
    case 'array':
      return [];
    case 'struct':
      return Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, defaultOf(field)]));
    default:
      return 0;
  }
}
