/**
 * Values in RDB form, as DUMP gives them:
 *
 *     type: 1 | value | RDB version: 2 LE | CRC-64 of all before: 8 LE
 *
 * Written as Redis 7.0 does: small collections as listpacks, strings compressed where that saves bytes.
 *
 * Not done: ziplists, which Redis wrote before 7.0.
 *
 * @see https://rdb.fnordig.de/file_format.html
 */
import {
  HashValue,
  ListValue,
  type RedisValue,
  type RedisVersion,
  SetValue,
  SortedSetValue,
} from '../../models/redis/index.js';
import { crc64 } from './crc64.js';
import { parseFloat64 } from './handlers/number.js';
import { encodeListpack, fromLittle, listpackEntry, little } from './listpack.js';
import { length, PACKED, RdbReader, text } from './rdb-primitive.js';
import { loadStream, STREAM_TYPES, saveStream } from './rdb-stream.js';
import { formatDouble } from './reply.js';

const TYPES = {
  string: 0,
  list: 1,
  set: 2,
  zsetText: 3,
  hash: 4,
  zset: 5,
  intset: 11,
  hashListpack: 16,
  zsetListpack: 17,
  quicklist: 18,
  setListpack: 20,
  ...STREAM_TYPES,
} as const;
type TypeTag = (typeof TYPES)[keyof typeof TYPES];

const RDB_VERSIONS: Readonly<Record<RedisVersion, number>> = { '7.0': 10, '7.2': 11 };
/** Version and checksum. */
const TRAILER_BYTES = 10;

/** What `list-max-listpack-size -2` says. */
const LIST_NODE_BYTES = 8192;
/** What a list reckons for an entry above its bytes when it decides whether a node is full. */
const LIST_ENTRY_RESERVE = 8;

/** A value as DUMP gives it. */
export function dumpValue(value: RedisValue, version: RedisVersion): string {
  const [type, body] = saved(value, version);
  return sealed(String.fromCharCode(type) + body, version);
}

/** A payload with the trailer that DUMP puts behind it. */
export function sealed(body: string, version: RedisVersion): string {
  const checked = body + little(BigInt(RDB_VERSIONS[version]), 2);
  return checked + little(crc64(checked), 8);
}

/** What stands before the trailer of a payload for which `isDump` holds. */
export function unsealed(payload: string): string {
  return payload.slice(0, -TRAILER_BYTES);
}

/** Whether a payload ends as DUMP ends them, for this release or an earlier one. */
export function isDump(payload: string, version: RedisVersion): boolean {
  if (payload.length < TRAILER_BYTES) return false;
  const end = payload.length - TRAILER_BYTES;
  if (fromLittle(payload, end, 2) > RDB_VERSIONS[version]) return false;
  return fromLittle(payload, end + 2, 8) === crc64(payload.slice(0, -8));
}

/** The value of a payload for which `isDump` holds; undefined when it makes no sense. */
export function restoreValue(payload: string): RedisValue | undefined {
  const reader = new RdbReader(unsealed(payload).slice(1));
  const value = loaded(payload.charCodeAt(0), reader);
  if (reader.broken || value === undefined) return undefined;
  return typeof value === 'string' || !value.isEmpty ? value : undefined;
}

// ---- writing

type Saved = readonly [type: TypeTag, body: string];

function saved(value: RedisValue, version: RedisVersion): Saved {
  if (typeof value === 'string') return [TYPES.string, text(value)];
  if (value instanceof ListValue) return [TYPES.quicklist, listNodes(value)];
  if (value instanceof SetValue) return savedSet(value);
  if (value instanceof HashValue) {
    const items = [...value.entries()].flat();
    if (value.encoding === 'listpack') return [TYPES.hashListpack, text(encodeListpack(items))];
    return [TYPES.hash, length(value.size) + items.map(text).join('')];
  }
  if (value instanceof SortedSetValue) return savedSorted(value, version);
  return [version === '7.0' ? TYPES.stream70 : TYPES.stream72, saveStream(value, version)];
}

function savedSorted(value: SortedSetValue, version: RedisVersion): Saved {
  const members = value.ordered();
  if (value.encoding === 'listpack') {
    const items = members.flatMap(({ member, score }) => [member, formatDouble(score, version)]);
    return [TYPES.zsetListpack, text(encodeListpack(items))];
  }
  const pairs = [...members].reverse().map(({ member, score }) => text(member) + doubleBytes(score));
  return [TYPES.zset, length(value.size) + pairs.join('')];
}

function savedSet(set: SetValue): Saved {
  const members = set.members();
  if (set.encoding === 'intset') {
    const ordered = members.map(BigInt).sort((a, b) => (a < b ? -1 : 1));
    const size = [2, 4, 8].find((bytes) => ordered.every((one) => BigInt.asIntN(bytes * 8, one) === one)) as number;
    const body = ordered.map((one) => little(one, size)).join('');
    return [TYPES.intset, text(little(BigInt(size), 4) + little(BigInt(members.length), 4) + body)];
  }
  if (set.encoding === 'listpack') return [TYPES.setListpack, text(encodeListpack(members))];
  return [TYPES.set, length(members.length) + members.map(text).join('')];
}

/** A list's nodes, as they are when all items were pushed on the right. */
function listNodes(list: ListValue): string {
  const nodes: string[][] = [];
  let bytes = Infinity;
  for (const item of list.slice(0, list.length)) {
    if (bytes + item.length + LIST_ENTRY_RESERVE > LIST_NODE_BYTES) {
      nodes.push([]);
      bytes = encodeListpack([]).length;
    }
    nodes.at(-1)?.push(item);
    bytes += listpackEntry(item).length;
  }
  const packed = nodes.map((items) => length(PACKED) + text(encodeListpack(items)));
  return length(nodes.length) + packed.join('');
}

function doubleBytes(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes.toString('latin1');
}

// ---- reading

function loaded(type: number, reader: RdbReader): RedisValue | undefined {
  switch (type) {
    case TYPES.string:
      return reader.text();
    case TYPES.list:
      return ListValue.load(reader.many(() => reader.text()));
    case TYPES.set:
      return distinct(reader.many(() => reader.text()));
    case TYPES.hash:
      return hashOf(reader.many(() => [reader.text(), reader.text()]).flat());
    case TYPES.zset:
      return SortedSetValue.load(reader.many(() => [reader.text(), reader.double()]));
    case TYPES.zsetText:
      return SortedSetValue.load(reader.many(() => [reader.text(), reader.doubleText()]));
    case TYPES.intset:
      return distinct(reader.intset());
    case TYPES.hashListpack:
      return hashOf(reader.listpack());
    case TYPES.setListpack:
      return distinct(reader.listpack());
    case TYPES.zsetListpack:
      return sortedOf(reader.listpack());
    case TYPES.quicklist:
      return ListValue.load(reader.many(() => reader.listNode()).flat());
    case TYPES.stream50:
    case TYPES.stream70:
    case TYPES.stream72:
      return loadStream(type, reader);
    default:
      return undefined;
  }
}

function distinct(members: readonly string[]): SetValue | undefined {
  const value = SetValue.load(members);
  return value.size === members.length ? value : undefined;
}

function hashOf(items: readonly string[]): HashValue | undefined {
  const value = new HashValue();
  for (let i = 0; i + 1 < items.length; i += 2) value.set(items[i] as string, items[i + 1] as string);
  return value.size * 2 === items.length ? value : undefined;
}

function sortedOf(items: readonly string[]): SortedSetValue | undefined {
  const value = new SortedSetValue();
  for (let i = 0; i + 1 < items.length; i += 2) {
    const score = parseFloat64(items[i + 1] as string);
    if (score === undefined) return undefined;
    value.set(items[i] as string, score);
  }
  return value.size * 2 === items.length ? value : undefined;
}
