/**
 * Bits of strings, the highest of each byte first.
 *
 * @see https://redis.io/docs/latest/commands/?group=bitmap
 */
import { RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, definer } from '../handler.js';
import { integer } from '../reply.js';
import type { Session } from '../session.js';
import { int, strictInt64 } from './number.js';

const keyspaceOf = (client: Session) => client.door.broker.keyspace;
const LARGEST_OFFSET = 2 ** 32;

/**
 * The position of a bit.
 *
 * @param fieldBits size of the fields that an offset with `#` counts; without it there is none
 * @throws RedisError
 */
export function bitOffset(text: string, fieldBits?: number): number {
  const counted = fieldBits !== undefined && text.startsWith('#');
  const given = Number(strictInt64(counted ? text.slice(1) : text) ?? -1);
  const offset = counted ? given * fieldBits : given;
  if (offset < 0 || offset >= LARGEST_OFFSET) throw new RedisError('ERR bit offset is not an integer or out of range');
  return offset;
}

/** @throws RedisError when a string may not be as long */
export function checkStringBytes(client: Session, bytes: number): void {
  const { redisBulkBytes, totalBytes } = client.door.context.limits;
  if (bytes > Math.min(redisBulkBytes, totalBytes)) {
    throw new RedisError('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
  }
}

const byteAt = (value: string, index: number): number => (index < value.length ? value.charCodeAt(index) : 0);

function setBit(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const [, key, offsetText, bitText] = args as [string, string, string, string];
  const offset = bitOffset(offsetText);
  if (bitText !== '0' && bitText !== '1') throw new RedisError('ERR bit is not an integer or out of range');
  const present = keyspace.writableString(client.db, key);
  const value = present ?? '';
  const index = Math.floor(offset / 8);
  checkStringBytes(client, index + 1);
  const mask = 0x80 >> (offset % 8);
  const old = byteAt(value, index);
  const wanted = bitText === '1' ? old | mask : old & ~mask;
  const was = old & mask ? 1 : 0;
  // 7.0 tells of nothing when nothing changes.
  if (present !== undefined && index < value.length && wanted === old) return integer(was);
  const padded = value.slice(0, index).padEnd(index, '\0');
  keyspace.set(client.db, key, padded + String.fromCharCode(wanted) + value.slice(index + 1), 'keep');
  keyspace.notify(client.db, '$', 'setbit', key);
  return integer(was);
}

function getBit(client: Session, args: readonly string[]): string {
  const offset = bitOffset(args[2] as string);
  const value = keyspaceOf(client).readString(client.db, args[1] as string) ?? '';
  return integer(byteAt(value, Math.floor(offset / 8)) & (0x80 >> (offset % 8)) ? 1 : 0);
}

function countBits(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function bitCount(client: Session, args: readonly string[]): string {
  const value = keyspaceOf(client).readString(client.db, args[1] as string);
  if (value === undefined) return integer(0);
  if (args.length === 3 || args.length > 5) throw new RedisError(SYNTAX_ERROR);
  const first = int(args[2] ?? '0');
  const last = int(args[3] ?? '-1');
  // Redis does not look at the unit of a range that is upside down.
  if (first < 0 && last < 0 && first > last) return integer(0);
  const unit = (args[4] ?? 'byte').toLowerCase();
  if (unit !== 'byte' && unit !== 'bit') throw new RedisError(SYNTAX_ERROR);
  const length = unit === 'bit' ? value.length * 8 : value.length;
  const from = Math.max(first < 0 ? first + length : first, 0);
  const to = Math.min(Math.max(last < 0 ? last + length : last, 0), length - 1);
  let count = 0;
  for (let i = from; i <= to; i++) {
    if (unit === 'byte') count += countBits(byteAt(value, i));
    else if (byteAt(value, i >> 3) & (0x80 >> (i % 8))) count++;
  }
  return integer(count);
}

function bitPosition(client: Session, args: readonly string[]): string {
  const bit = int(args[2] as string);
  if (bit !== 0 && bit !== 1) throw new RedisError('ERR The bit argument must be 1 or 0.');
  const value = keyspaceOf(client).readString(client.db, args[1] as string);
  if (value === undefined) return integer(bit === 1 ? -1 : 0);
  if (args.length > 6) throw new RedisError(SYNTAX_ERROR);
  const first = int(args[3] ?? '0');
  const unit = (args[5] ?? 'byte').toLowerCase();
  if (unit !== 'byte' && unit !== 'bit') throw new RedisError(SYNTAX_ERROR);
  const last = int(args[4] ?? '-1');
  const length = unit === 'bit' ? value.length * 8 : value.length;
  const from = Math.max(first < 0 ? first + length : first, 0);
  const to = Math.min(Math.max(last < 0 ? last + length : last, 0), length - 1);
  if (from > to) return integer(-1);
  const width = unit === 'bit' ? 1 : 8;
  const skipped = bit === 1 ? 0 : 0xff;
  const end = (to + 1) * width;
  for (let at = from * width; at < end; at++) {
    const byte = byteAt(value, at >> 3);
    if (at % 8 === 0 && byte === skipped) at += 7;
    else if ((byte & (0x80 >> (at % 8)) ? 1 : 0) === bit) return integer(at);
  }
  // Behind a string without an end stand zeros.
  return integer(bit === 0 && args[4] === undefined ? value.length * 8 : -1);
}

const OPERATIONS = new Map<string, (a: number, b: number) => number>([
  ['and', (a, b) => a & b],
  ['or', (a, b) => a | b],
  ['xor', (a, b) => a ^ b],
  ['not', (a) => ~a & 0xff],
]);

function bitOp(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const name = (args[1] as string).toLowerCase();
  const operation = OPERATIONS.get(name);
  if (!operation) throw new RedisError(SYNTAX_ERROR);
  const keys = args.slice(3);
  if (name === 'not' && keys.length > 1) {
    throw new RedisError('ERR BITOP NOT must be called with a single source key.');
  }
  const values = keys.map((key) => keyspace.readString(client.db, key) ?? '');
  const length = Math.max(...values.map((value) => value.length));
  const target = args[2] as string;
  if (length === 0) {
    keyspace.delete(client.db, target);
    return integer(0);
  }
  let result = '';
  for (let i = 0; i < length; i++) {
    const bytes = values.map((value) => byteAt(value, i));
    const byte = name === 'not' ? operation(bytes[0] as number, 0) : bytes.reduce(operation);
    result += String.fromCharCode(byte);
  }
  keyspace.set(client.db, target, result);
  keyspace.notify(client.db, '$', 'set', target);
  return integer(length);
}

const categories = ['bitmap'];
const define = definer(categories);

export const bitCommands: readonly Command[] = [
  define('setbit 4 mw', setBit),
  define('getbit 3 Fr', getBit),
  define('bitcount -2 r', bitCount),
  define('bitpos -3 r', bitPosition),
  define('bitop -4 mw', bitOp),
];
