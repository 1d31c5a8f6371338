/**
 * `erlang:phash2`, by which RabbitMQ names bindings and spreads keys over consistent hash exchanges: Bob Jenkins' hash
 * of 1996, over the parts of a term one after the other.
 *
 * @see https://www.erlang.org/doc/apps/erts/erlang.html#phash2/2
 */
import { type FieldTable, type FieldValue, fieldTypeName, TypedField } from './field-table.js';

/** A term as far as it is of interest here. */
export type Term =
  | { readonly atom: string }
  | { readonly binary: Uint8Array }
  | { readonly integer: bigint }
  | { readonly float: number }
  | { readonly tuple: readonly Term[] }
  | { readonly list: readonly Term[] };

const GOLDEN = 0x9e3779b9;
/** Each kind of part has a multiple of the golden ratio. */
const NIL = Math.imul(GOLDEN, 2);
const ATOM = Math.imul(GOLDEN, 3);
const BYTES = Math.imul(GOLDEN, 4);
const TUPLE = Math.imul(GOLDEN, 9);
const NEGATIVE = Math.imul(GOLDEN, 10);
const POSITIVE = Math.imul(GOLDEN, 11);
const FLOAT = Math.imul(GOLDEN, 12);
const BINARY = Math.imul(GOLDEN, 13);

const NIL_WORD = 2;
const LONE_NIL = 3_468_870_702;
/** Integers of 28 bits have a form of their own. */
const SMALL_MAX = 2n ** 27n;

/** @returns 32 bits */
export function erlangHash(term: Term): number {
  return add(0, term) >>> 0;
}

/** The term that a table is to RabbitMQ, in order of its keys. */
export function termOfTable(table: FieldTable): Term {
  const entries = [...table].map(([key, value]) => ({ key: Buffer.from(key), value }));
  entries.sort((a, b) => Buffer.compare(a.key, b.key));
  return { list: entries.map(({ key, value }) => ({ tuple: [{ binary: key }, ...typed(value)] })) };
}

/** A value with its type. */
export const termOfField = (value: FieldValue): Term => ({ tuple: typed(value) });

export const termOfText = (text: string): Term => ({ binary: Buffer.from(text) });

const typed = (value: FieldValue): readonly Term[] => [{ atom: fieldTypeName(value) }, termOf(value)];

function termOf(value: FieldValue): Term {
  if (typeof value === 'string') return termOfText(value);
  if (value === null) return { atom: 'undefined' };
  if (typeof value === 'boolean') return { atom: String(value) };
  if (value instanceof TypedField) return termOfTyped(value);
  return Array.isArray(value) ? { list: value.map(termOfField) } : inOrder(value as FieldTable);
}

/** Tables within tables are not sorted. */
function inOrder(table: FieldTable): Term {
  return { list: [...table].map(([key, value]) => ({ tuple: [termOfText(key), ...typed(value)] })) };
}

function termOfTyped({ tag, value, scale }: TypedField): Term {
  if (value instanceof Uint8Array) return { binary: value };
  if (tag === 'd' || tag === 'f') return { float: Number(value) };
  const integer = { integer: BigInt(value) };
  return tag === 'D' ? { tuple: [{ integer: BigInt(scale) }, integer] } : integer;
}

function add(hash: number, term: Term): number {
  if ('atom' in term) return hash === 0 ? atomHash(term.atom) : mixTwo(hash, atomHash(term.atom), 0, ATOM);
  if ('binary' in term) return addBinary(hash, term.binary);
  if ('integer' in term) return addInteger(hash, term.integer);
  if ('float' in term) return addFloat(hash, term.float);
  if ('tuple' in term) return term.tuple.reduce(add, mixTwo(hash, term.tuple.length, 0, TUPLE));
  return addList(hash, term.list);
}

/** Bytes that stand side by side are taken four at a time. */
function addList(hash: number, list: readonly Term[]): number {
  let found = hash;
  for (let at = 0; at < list.length; ) {
    let word = 0;
    let count = 0;
    for (; at < list.length; at++) {
      const byte = byteOf(list[at] as Term);
      if (byte === undefined) break;
      word = (word << 8) + byte;
      if (++count < 4) continue;
      found = mixTwo(found, word, 0, BYTES);
      word = count = 0;
    }
    if (count > 0) found = mixTwo(found, word, 0, BYTES);
    if (at < list.length) found = add(found, list[at++] as Term);
  }
  return found === 0 ? LONE_NIL : mixTwo(found, NIL_WORD, 0, NIL);
}

function byteOf(term: Term): number | undefined {
  return 'integer' in term && term.integer >= 0n && term.integer < 256n ? Number(term.integer) : undefined;
}

function addInteger(hash: number, value: bigint): number {
  if (value >= -SMALL_MAX && value < SMALL_MAX) {
    const small = Number(value);
    return mixTwo(small < 0 ? mixTwo(hash, -small, 0, GOLDEN) : hash, small, 0, GOLDEN);
  }
  const constant = value < 0n ? NEGATIVE : POSITIVE;
  let found = hash;
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 64n) {
    found = mixTwo(found, Number(rest & 0xffffffffn), Number((rest >> 32n) & 0xffffffffn), constant);
  }
  return found;
}

function addFloat(hash: number, value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value === 0 ? 0 : value, true);
  return mixTwo(hash, view.getUint32(4, true), view.getUint32(0, true), FLOAT);
}

function addBinary(hash: number, bytes: Uint8Array): number {
  const start = (BINARY + hash) | 0;
  if (bytes.length === 0) return start;
  const word = (at: number) => {
    const byte = (i: number) => (i < bytes.length ? (bytes[i] as number) : 0);
    return byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24);
  };
  let [a, b, c] = [GOLDEN | 0, GOLDEN | 0, start];
  let at = 0;
  for (; bytes.length - at >= 12; at += 12) {
    [a, b, c] = mix((a + word(at)) | 0, (b + word(at + 4)) | 0, (c + word(at + 8)) | 0);
  }
  // The first byte of the last word is for the length.
  return mix((a + word(at)) | 0, (b + word(at + 4)) | 0, (c + bytes.length + (word(at + 8) << 8)) | 0)[2];
}

/** The hash of a name in the table of names: PJW's. */
function atomHash(name: string): number {
  let hash = 0;
  for (const byte of Buffer.from(name)) {
    hash = (hash << 4) + byte;
    const high = hash & 0xf0000000;
    hash = (hash ^ (high >>> 24)) & ~high;
  }
  return hash;
}

const mixTwo = (hash: number, first: number, second: number, constant: number): number =>
  mix((constant + first) | 0, (constant + second) | 0, hash)[2];

function mix(first: number, second: number, third: number): [number, number, number] {
  let [a, b, c] = [first, second, third];
  a = (a - b - c) ^ (c >>> 13);
  b = (b - c - a) ^ (a << 8);
  c = (c - a - b) ^ (b >>> 13);
  a = (a - b - c) ^ (c >>> 12);
  b = (b - c - a) ^ (a << 16);
  c = (c - a - b) ^ (b >>> 5);
  a = (a - b - c) ^ (c >>> 3);
  b = (b - c - a) ^ (a << 10);
  c = (c - a - b) ^ (b >>> 15);
  return [a, b, c];
}
