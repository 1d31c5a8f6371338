/**
 * BITFIELD: integers of 1 to 64 bits anywhere in a string, the highest bit first.
 *
 * @see https://redis.io/docs/latest/commands/bitfield/
 */
import { RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import type { KeyReference } from '../key-spec.js';
import { array, integer, nullBulk } from '../reply.js';
import type { Session } from '../session.js';
import { bitOffset, checkStringBytes } from './bit.js';
import { int64 } from './number.js';

const OVERFLOWS = ['wrap', 'sat', 'fail'] as const;
type Overflow = (typeof OVERFLOWS)[number];

interface IntegerType {
  readonly signed: boolean;
  readonly bits: number;
}

interface Operation {
  readonly name: 'get' | 'set' | 'incrby';
  readonly type: IntegerType;
  readonly offset: number;
  readonly value: bigint;
  readonly overflow: Overflow;
}

const BAD_TYPE = 'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.';

/** @throws RedisError */
function typeOf(text: string): IntegerType {
  const [, letter, digits] = /^([iu])([1-9]\d?)$/.exec(text) ?? [];
  const bits = Number(digits);
  if (!letter || bits > (letter === 'i' ? 64 : 63)) throw new RedisError(BAD_TYPE);
  return { signed: letter === 'i', bits };
}

/** @throws RedisError */
function operationsOf(args: readonly string[]): Operation[] {
  const operations: Operation[] = [];
  let overflow: Overflow = 'wrap';
  for (let i = 2; i < args.length; ) {
    const name = (args[i] as string).toLowerCase();
    const left = args.length - i - 1;
    if (name === 'overflow' && left >= 1) {
      const found = OVERFLOWS.find((word) => word === args[i + 1]?.toLowerCase());
      if (!found) throw new RedisError('ERR Invalid OVERFLOW type specified');
      overflow = found;
      i += 2;
      continue;
    }
    if (!(name === 'get' && left >= 2) && !((name === 'set' || name === 'incrby') && left >= 3)) {
      throw new RedisError(SYNTAX_ERROR);
    }
    const type = typeOf(args[i + 1] as string);
    const offset = bitOffset(args[i + 2] as string, type.bits);
    const value = name === 'get' ? 0n : int64(args[i + 3] as string);
    operations.push({ name, type, offset, value, overflow });
    i += name === 'get' ? 3 : 4;
  }
  return operations;
}

/** The bytes that hold a field, as one number, and how many bits follow the field in them. */
function window(bytes: Uint8Array, offset: number, bits: number): readonly [word: bigint, from: number, shift: bigint] {
  const from = Math.floor(offset / 8);
  const to = Math.floor((offset + bits - 1) / 8);
  let word = 0n;
  for (let i = from; i <= to; i++) word = (word << 8n) | BigInt(bytes[i] ?? 0);
  return [word, from, BigInt((to + 1) * 8 - offset - bits)];
}

function readField(bytes: Uint8Array, offset: number, { signed, bits }: IntegerType): bigint {
  const [word, , shift] = window(bytes, offset, bits);
  return signed ? BigInt.asIntN(bits, word >> shift) : BigInt.asUintN(bits, word >> shift);
}

function writeField(bytes: Uint8Array, offset: number, bits: number, value: bigint): void {
  const [word, from, shift] = window(bytes, offset, bits);
  const mask = ((1n << BigInt(bits)) - 1n) << shift;
  let changed = (word & ~mask) | (BigInt.asUintN(bits, value) << shift);
  for (let i = Math.floor((offset + bits - 1) / 8); i >= from; i--) {
    bytes[i] = Number(changed & 0xffn);
    changed >>= 8n;
  }
}

/** The number that is stored for a wanted one; undefined when it does not fit and must not be bent. */
function fitted(wanted: bigint, { signed, bits }: IntegerType, overflow: Overflow): bigint | undefined {
  const least = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const most = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  if (wanted >= least && wanted <= most) return wanted;
  if (overflow === 'fail') return undefined;
  if (overflow === 'sat') return wanted > most ? most : least;
  return signed ? BigInt.asIntN(bits, wanted) : BigInt.asUintN(bits, wanted);
}

/** What an operation wants to store. A negative number that is SET is a huge one for an unsigned type. */
function wantedOf({ name, type, value }: Operation, old: bigint): bigint {
  if (name === 'incrby') return old + value;
  return type.signed ? value : BigInt.asUintN(64, value);
}

function readFields(client: Session, key: string, operations: readonly Operation[]): string {
  const value = client.door.broker.keyspace.readString(client.db, key) ?? '';
  const read = ({ offset, type }: Operation) => {
    const from = Math.floor(offset / 8);
    return readField(Buffer.from(value.slice(from, from + 9), 'latin1'), offset % 8, type);
  };
  return array(operations.map((operation) => integer(read(operation))));
}

function changeFields(client: Session, key: string, operations: readonly Operation[]): string {
  const { keyspace } = client.door.broker;
  const present = keyspace.writableString(client.db, key);
  const ends = operations.map(({ name, offset, type }) => (name === 'get' ? 0 : offset + type.bits - 1));
  const length = Math.max(present?.length ?? 0, Math.floor(Math.max(...ends) / 8) + 1);
  checkStringBytes(client, length);
  const bytes = Buffer.alloc(length);
  bytes.write(present ?? '', 'latin1');
  let changed = false;
  const replies = operations.map((operation) => {
    const { name, type, offset } = operation;
    const old = readField(bytes, offset, type);
    if (name === 'get') return integer(old);
    const value = fitted(wantedOf(operation, old), type, operation.overflow);
    if (value === undefined) return nullBulk(client.protocol);
    writeField(bytes, offset, type.bits, value);
    changed ||= length !== present?.length || value !== old;
    return integer(name === 'set' ? old : value);
  });
  // The string grows even when every operation fails, which nobody is told.
  keyspace.put(client.db, key, bytes.toString('latin1'), 'keep').stored = 'raw';
  client.reply(array(replies));
  if (!changed) return '';
  keyspace.touch(client.db, key);
  keyspace.notify(client.db, '$', 'setbit', key);
  return '';
}

const bitfield =
  (mayWrite: boolean) =>
  (client: Session, args: readonly string[]): string => {
    const key = args[1] as string;
    const operations = operationsOf(args);
    if (operations.every(({ name }) => name === 'get')) return readFields(client, key, operations);
    if (!mayWrite) throw new RedisError('ERR BITFIELD_RO only supports the GET subcommand');
    return changeFields(client, key, operations);
  };

/** Operations that change nothing, and the number of their arguments. */
const READING: ReadonlyMap<string, number> = new Map([
  ['get', 2],
  ['overflow', 1],
]);

/** Reads its key only, unless it may write or its arguments are wrong. */
function bitfieldKeys(args: readonly string[]): KeyReference[] {
  let reads = true;
  for (let i = 2; reads && i < args.length; ) {
    const more = READING.get((args[i] as string).toLowerCase()) ?? Infinity;
    reads = i + more < args.length;
    i += more + 1;
  }
  return [{ at: 1, flags: reads ? ['RO', 'access'] : ['RW', 'access', 'update'] }];
}

const categories = ['bitmap'];

export const bitfieldCommands: readonly Command[] = [
  command('bitfield -2 mw', { categories, findKeys: bitfieldKeys, run: bitfield(true) }),
  command('bitfield_ro -2 Fr', { categories, run: bitfield(false) }),
];
