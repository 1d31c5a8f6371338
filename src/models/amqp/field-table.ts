/**
 * Values of field tables (headers, arguments), keeping the wire's type of each.
 *
 * ```
 * string            S  text                  TypedField('S', bytes)  S that is no UTF-8
 * boolean           t                        TypedField(tag, value)  b B s u I i l L f d T x D
 * null              V
 * Map               F  nested table, in order of keys
 * array             A
 * ```
 *
 * Integers carry `number` when safe, else `bigint`. A table read from the wire with a repeated key keeps the first.
 */
export type FieldTable = ReadonlyMap<string, FieldValue>;
export type FieldValue = string | boolean | null | TypedField | FieldTable | readonly FieldValue[];

export type IntegerTag = 'b' | 'B' | 's' | 'u' | 'I' | 'i' | 'l' | 'L';
export type TypedTag = IntegerTag | 'f' | 'd' | 'T' | 'D' | 'x' | 'S';

/** A value whose wire type cannot be told from its JavaScript type. */
export class TypedField {
  readonly tag: TypedTag;
  readonly value: number | bigint | Uint8Array;
  /** Decimal places of a `D`, else 0. */
  readonly scale: number;

  constructor(tag: TypedTag, value: number | bigint | Uint8Array, scale = 0) {
    this.tag = tag;
    this.value = value;
    this.scale = scale;
  }
}

export const EMPTY_TABLE: FieldTable = new Map();

/** A signed 64-bit integer, as the server itself writes numbers. */
export const longField = (value: number): TypedField => new TypedField('l', value);

export type FieldTag = TypedTag | 't' | 'V' | 'A' | 'F';

/** The wire's tag of a value. */
export function fieldTag(value: FieldValue): FieldTag {
  if (typeof value === 'string') return 'S';
  if (typeof value === 'boolean') return 't';
  if (value === null) return 'V';
  if (value instanceof TypedField) return value.tag;
  return Array.isArray(value) ? 'A' : 'F';
}

const TYPE_NAMES: Readonly<Record<FieldTag, string>> = {
  I: 'signedint',
  i: 'unsignedint',
  l: 'long',
  L: 'long',
  s: 'short',
  u: 'unsignedshort',
  b: 'byte',
  B: 'unsignedbyte',
  S: 'longstr',
  t: 'bool',
  d: 'double',
  f: 'float',
  T: 'timestamp',
  V: 'void',
  A: 'array',
  F: 'table',
  x: 'binary',
  D: 'decimal',
};

/** RabbitMQ's name of a value's type, as its error texts show it. */
export const fieldTypeName = (value: FieldValue): string => TYPE_NAMES[fieldTag(value)];

const INTEGER_TAGS: ReadonlySet<FieldTag> = new Set(['b', 'B', 's', 'u', 'I', 'i', 'l', 'L']);

/** The number of any integer type; undefined for other values. Beyond 2^53 it is rounded. */
export function integerOf(value: FieldValue | undefined): number | undefined {
  return value instanceof TypedField && INTEGER_TAGS.has(value.tag) ? Number(value.value) : undefined;
}

/** True for a number of any width, floats and timestamps included. */
export function isNumeric(value: FieldValue): value is TypedField & { value: number | bigint } {
  return value instanceof TypedField && typeof value.value !== 'object' && value.tag !== 'D';
}

export const isTable = (value: FieldValue | undefined): value is FieldTable => value instanceof Map;

/** Structural equality with exact types; order of keys does not matter, order of array items does. */
export function fieldEquals(a: FieldValue, b: FieldValue): boolean {
  if (a === b) return true;
  if (a instanceof TypedField) return b instanceof TypedField && typedEquals(a, b);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => fieldEquals(item, b[i] as FieldValue));
  }
  return isTable(a) && isTable(b) && tableEquals(a, b);
}

function typedEquals(a: TypedField, b: TypedField): boolean {
  if (a.tag !== b.tag || a.scale !== b.scale) return false;
  if (a.value instanceof Uint8Array) return b.value instanceof Uint8Array && bytesEqual(a.value, b.value);
  return Object.is(a.value, b.value);
}

/** Equality of tables, whatever the order of their keys. */
export function tableEquals(a: FieldTable, b: FieldTable): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || !fieldEquals(value, other)) return false;
  }
  return true;
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** What a user may write where a field value is wanted. */
export type FieldInput =
  | FieldValue
  | undefined
  | number
  | bigint
  | Date
  | Uint8Array
  | readonly FieldInput[]
  | { readonly [key: string]: FieldInput };

/**
 * A plain JavaScript value as a field value: whole numbers become `I` or `l`, others `d`, dates `T`, bytes `x`,
 * undefined and null `V`.
 */
export function toField(input: FieldInput): FieldValue {
  if (input === undefined || input === null) return null;
  if (typeof input === 'string' || typeof input === 'boolean' || input instanceof TypedField) return input;
  if (typeof input === 'number') {
    if (!Number.isSafeInteger(input)) return new TypedField('d', input);
    return new TypedField(input === (input | 0) ? 'I' : 'l', input);
  }
  if (typeof input === 'bigint') return new TypedField('l', input);
  if (input instanceof Date) return new TypedField('T', Math.floor(input.getTime() / 1000));
  if (input instanceof Uint8Array) return new TypedField('x', input);
  if (Array.isArray(input)) return input.map((item) => toField(item as FieldInput));
  return toFieldTable(input as FieldTableInput);
}

/** A table, or a plain object to be turned into one. */
export type FieldTableInput = FieldTable | { readonly [key: string]: FieldInput };

/** A plain object as a table. */
export function toFieldTable(input: FieldTableInput): FieldTable {
  const entries = input instanceof Map ? [...input] : Object.entries(input);
  return new Map(entries.map(([key, value]) => [key, toField(value as FieldInput)]));
}

/** A plain value as JavaScript likes it: numbers, text, dates; tables become objects without a prototype. */
export function fromField(value: FieldValue): unknown {
  if (value instanceof TypedField) {
    if (value.tag === 'T') return new Date(Number(value.value) * 1000);
    if (value.tag === 'D') return Number(value.value) / 10 ** value.scale;
    return value.value;
  }
  if (Array.isArray(value)) return value.map(fromField);
  return isTable(value) ? fromFieldTable(value) : value;
}

/** A table as a plain object without a prototype, so that any name is only data. */
export function fromFieldTable(table: FieldTable): Record<string, any> {
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, value] of table) object[key] = fromField(value);
  return object;
}
