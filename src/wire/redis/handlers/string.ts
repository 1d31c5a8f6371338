/**
 * Strings.
 *
 * @see https://redis.io/docs/latest/commands/?group=string
 */
import { RedisError, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, command, definer } from '../handler.js';
import type { KeyReference } from '../key-spec.js';
import { bulk, bulkOrNull, integer, nullBulk, OK } from '../reply.js';
import type { Session } from '../session.js';
import { lcsCommand } from './lcs.js';
import { addDecimals, fitsInt64, int, int64 } from './number.js';

const LARGEST_STRING = 512 * 1024 * 1024;
const LARGEST_TIME_MS = 2n ** 63n - 1n;

const keyspaceOf = (client: Session) => client.door.broker.keyspace;

/** Turns the argument of EX, PX, EXAT or PXAT into an instant. @throws RedisError */
function endOf(client: Session, unit: string, text: string, name: string): number {
  const value = int64(text);
  const ms = unit.startsWith('ex') ? value * 1000n : value;
  const at = unit.endsWith('at') ? ms : ms + BigInt(client.door.now);
  if (value <= 0n || ms > LARGEST_TIME_MS || at > LARGEST_TIME_MS) {
    throw new RedisError(`ERR invalid expire time in '${name}' command`);
  }
  return Number(at);
}

interface SetOptions {
  condition?: 'nx' | 'xx';
  get?: boolean;
  keepTtl?: boolean;
  end?: readonly [unit: string, text: string];
}

function setOptions(args: readonly string[]): SetOptions {
  const options: SetOptions = {};
  for (let i = 3; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    if ((word === 'nx' || word === 'xx') && (options.condition ?? word) === word) options.condition = word;
    else if (word === 'get') options.get = true;
    else if (word === 'keepttl' && !options.end) options.keepTtl = true;
    else if (/^(ex|px|exat|pxat)$/.test(word) && !options.end && !options.keepTtl && i + 1 < args.length) {
      options.end = [word, args[++i] as string];
    } else throw new RedisError(SYNTAX_ERROR);
  }
  return options;
}

function set(client: Session, args: readonly string[]): string {
  const options = setOptions(args);
  const end = options.end && endOf(client, ...options.end, 'set');
  const keyspace = keyspaceOf(client);
  const [, key, value] = args as [string, string, string];
  const old = options.get ? keyspace.readString(client.db, key) : undefined;
  const exists = keyspace.lookup(client.db, key) !== undefined;
  const met = options.condition === undefined || exists === (options.condition === 'xx');
  // The old value is sent before the change tells of itself: 7.0 shows the writer's own events behind it.
  if (options.get) client.reply(bulkOrNull(old, client.protocol));
  if (met) {
    keyspace.set(client.db, key, value, options.keepTtl ? 'keep' : end);
    keyspace.notify(client.db, '$', 'set', key);
    if (end !== undefined) keyspace.notify(client.db, 'g', 'expire', key);
  }
  if (options.get) return '';
  return met ? OK : nullBulk(client.protocol);
}

const setWithEnd =
  (name: string, unit: 'ex' | 'px') =>
  (client: Session, args: readonly string[]): string => {
    const keyspace = keyspaceOf(client);
    const [, key, time, value] = args as [string, string, string, string];
    keyspace.set(client.db, key, value, endOf(client, unit, time, name));
    keyspace.notify(client.db, '$', 'set', key);
    keyspace.notify(client.db, 'g', 'expire', key);
    return OK;
  };

function setNx(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const [, key, value] = args as [string, string, string];
  if (keyspace.lookup(client.db, key)) return integer(0);
  keyspace.set(client.db, key, value);
  keyspace.notify(client.db, '$', 'set', key);
  return integer(1);
}

function get(client: Session, args: readonly string[]): string {
  return bulkOrNull(keyspaceOf(client).readString(client.db, args[1] as string), client.protocol);
}

function getSet(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const [, key, value] = args as [string, string, string];
  client.reply(bulkOrNull(keyspace.readString(client.db, key), client.protocol));
  keyspace.set(client.db, key, value);
  keyspace.notify(client.db, '$', 'set', key);
  return '';
}

function getDel(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const old = keyspace.readString(client.db, args[1] as string);
  client.reply(bulkOrNull(old, client.protocol));
  if (old !== undefined) keyspace.delete(client.db, args[1] as string);
  return '';
}

function getEx(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const key = args[1] as string;
  const word = args[2]?.toLowerCase();
  const persist = word === 'persist' && args.length === 3;
  const timed = word !== undefined && /^(ex|px|exat|pxat)$/.test(word) && args.length === 4;
  if (word !== undefined && !persist && !timed) throw new RedisError(SYNTAX_ERROR);
  const value = keyspace.readString(client.db, key);
  if (value === undefined) return nullBulk(client.protocol);
  const end = timed ? endOf(client, word, args[3] as string, 'getex') : undefined;
  const entry = keyspace.lookup(client.db, key) as NonNullable<ReturnType<typeof keyspace.lookup>>;
  client.reply(bulk(value));
  if (end !== undefined && end <= client.door.now) keyspace.delete(client.db, key);
  else if (end !== undefined) {
    keyspace.setExpiry(client.db, key, entry, end);
    keyspace.notify(client.db, 'g', 'expire', key);
  } else if (persist && entry.expireAtMs !== undefined) {
    keyspace.setExpiry(client.db, key, entry, undefined);
    keyspace.notify(client.db, 'g', 'persist', key);
  }
  return '';
}

function mget(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  // Redis tells of a missing key between the parts of its answer.
  client.reply(`*${args.length - 1}\r\n`);
  for (const key of args.slice(1)) {
    const value = keyspace.read(client.db, key)?.value;
    client.reply(bulkOrNull(typeof value === 'string' ? value : undefined, client.protocol));
  }
  return '';
}

function pairs(args: readonly string[], name: string): Array<readonly [string, string]> {
  if (args.length % 2 === 0) throw new RedisError(`ERR wrong number of arguments for '${name}' command`);
  const out: Array<readonly [string, string]> = [];
  for (let i = 1; i < args.length; i += 2) out.push([args[i] as string, args[i + 1] as string]);
  return out;
}

function storeAll(client: Session, all: ReadonlyArray<readonly [string, string]>): void {
  const keyspace = keyspaceOf(client);
  for (const [key, value] of all) {
    keyspace.set(client.db, key, value);
    keyspace.notify(client.db, '$', 'set', key);
  }
}

function mset(client: Session, args: readonly string[]): string {
  storeAll(client, pairs(args, 'mset'));
  return OK;
}

function msetNx(client: Session, args: readonly string[]): string {
  const all = pairs(args, 'msetnx');
  if (all.some(([key]) => keyspaceOf(client).lookup(client.db, key))) return integer(0);
  storeAll(client, all);
  return integer(1);
}

function append(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const [, key, tail] = args as [string, string, string];
  const old = keyspace.writableString(client.db, key);
  const value = (old ?? '') + tail;
  checkSize(value.length);
  keyspace.set(client.db, key, value, 'keep').stored = old === undefined ? undefined : 'raw';
  keyspace.notify(client.db, '$', 'append', key);
  return integer(value.length);
}

function checkSize(length: number): void {
  if (length > LARGEST_STRING) throw new RedisError('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
}

function getRange(client: Session, args: readonly string[]): string {
  const from = int(args[2] as string);
  const to = int(args[3] as string);
  const value = keyspaceOf(client).readString(client.db, args[1] as string) ?? '';
  const length = value.length;
  if (from < 0 && to < 0 && from > to) return bulk('');
  const first = Math.max(from < 0 ? length + from : from, 0);
  const last = Math.min(Math.max(to < 0 ? length + to : to, 0), length - 1);
  return bulk(first > last || length === 0 ? '' : value.slice(first, last + 1));
}

function setRange(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const [, key, offsetText, part] = args as [string, string, string, string];
  const offset = int(offsetText);
  if (offset < 0) throw new RedisError('ERR offset is out of range');
  const old = keyspace.writableString(client.db, key) ?? '';
  if (part === '') return integer(old.length);
  checkSize(offset + part.length);
  const value = old.slice(0, offset).padEnd(offset, '\0') + part + old.slice(offset + part.length);
  keyspace.set(client.db, key, value, 'keep').stored = 'raw';
  keyspace.notify(client.db, '$', 'setrange', key);
  return integer(value.length);
}

function increase(client: Session, key: string, by: bigint): string {
  const keyspace = keyspaceOf(client);
  const value = int64(keyspace.writableString(client.db, key) ?? '0') + by;
  if (!fitsInt64(value)) throw new RedisError('ERR increment or decrement would overflow');
  keyspace.set(client.db, key, String(value), 'keep');
  keyspace.notify(client.db, '$', 'incrby', key);
  return integer(value);
}

function decrBy(client: Session, args: readonly string[]): string {
  const by = int64(args[2] as string);
  if (!fitsInt64(-by)) throw new RedisError('ERR decrement would overflow');
  return increase(client, args[1] as string, -by);
}

function incrByFloat(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const key = args[1] as string;
  const value = addDecimals(keyspace.writableString(client.db, key) ?? '0', args[2] as string);
  keyspace.set(client.db, key, value, 'keep').stored = 'text';
  keyspace.notify(client.db, '$', 'incrbyfloat', key);
  return bulk(value);
}

/** SET reads its key with the option GET only. */
function setKeys(args: readonly string[]): KeyReference[] {
  const reads = args.some((arg, i) => i > 2 && arg.toLowerCase() === 'get');
  return [{ at: 1, flags: reads ? ['RW', 'access', 'update'] : ['OW', 'update'] }];
}

const categories = ['string'];
const define = definer(categories);

export const stringCommands: readonly Command[] = [
  command('set -3 mw', { categories, findKeys: setKeys, run: set }),
  define('setnx 3 Fmw', setNx),
  define('setex 4 mw', setWithEnd('setex', 'ex')),
  define('psetex 4 mw', setWithEnd('psetex', 'px')),
  define('get 2 Fr', get),
  define('getset 3 Fmw', getSet),
  define('getdel 2 Fw', getDel),
  define('getex -2 Fw', getEx),
  define('mget -2 Fr', mget),
  define('mset -3 mw', mset),
  define('msetnx -3 mw', msetNx),
  define('append 3 Fmw', append),
  define('strlen 2 Fr', (client, args) =>
    integer(keyspaceOf(client).readString(client.db, args[1] as string)?.length ?? 0),
  ),
  define('getrange 4 r', getRange),
  define('substr 4 r', getRange),
  lcsCommand,
  define('setrange 4 mw', setRange),
  define('incr 2 Fmw', (client, args) => increase(client, args[1] as string, 1n)),
  define('decr 2 Fmw', (client, args) => increase(client, args[1] as string, -1n)),
  define('incrby 3 Fmw', (client, args) => increase(client, args[1] as string, int64(args[2] as string))),
  define('decrby 3 Fmw', decrBy),
  define('incrbyfloat 3 Fmw', incrByFloat),
];
