/**
 * Keys of any type: existence, expiry, renaming, scanning, flushing.
 *
 * @see https://redis.io/docs/latest/commands/?group=generic
 */
import {
  cloneValue,
  type Entry,
  globMatch,
  NO_SUCH_KEY,
  NOT_AN_INTEGER,
  RedisError,
  SYNTAX_ERROR,
  typeName,
} from '../../../models/redis/index.js';
import { type Command, command, definer } from '../handler.js';
import { array, bulk, bulks, cString, integer, nullBulk, OK, simple } from '../reply.js';
import { strictInteger } from '../request-parser.js';
import type { Session } from '../session.js';
import { fitsInt64, int, int64 } from './number.js';
import { objectCommand } from './object.js';

const keyspaceOf = (client: Session) => client.door.broker.keyspace;
const LARGEST_TIME = 2n ** 63n - 1n;

const remove = (client: Session, args: readonly string[]): string =>
  integer(args.slice(1).filter((key) => keyspaceOf(client).delete(client.db, key)).length);

/** How many keys there are. @param uses whether to ask is to use them */
const exists =
  (uses: boolean) =>
  (client: Session, args: readonly string[]): string =>
    integer(args.slice(1).filter((key) => keyspaceOf(client).read(client.db, key, uses)).length);

function type(client: Session, args: readonly string[]): string {
  const entry = keyspaceOf(client).read(client.db, args[1] as string, false);
  return simple(entry ? typeName(entry.value) : 'none');
}

// ---- expiry

type Condition = 'nx' | 'xx' | 'gt' | 'lt';

function conditions(words: readonly string[]): Set<Condition> {
  const found = new Set<Condition>();
  for (const word of words) {
    const condition = word.toLowerCase();
    if (!['nx', 'xx', 'gt', 'lt'].includes(condition)) throw new RedisError(`ERR Unsupported option ${cString(word)}`);
    found.add(condition as Condition);
  }
  if (found.has('nx') && found.size > 1) {
    throw new RedisError('ERR NX and XX, GT or LT options at the same time are not compatible');
  }
  if (found.has('gt') && found.has('lt')) {
    throw new RedisError('ERR GT and LT options at the same time are not compatible');
  }
  return found;
}

function conditionsMet(met: ReadonlySet<Condition>, present: number | undefined, end: number): boolean {
  if (met.has('nx') && present !== undefined) return false;
  if (met.has('xx') && present === undefined) return false;
  if (met.has('gt') && (present === undefined || end <= present)) return false;
  return !(met.has('lt') && present !== undefined && end >= present);
}

const expire =
  (name: string, unitMs: bigint, absolute: boolean) =>
  (client: Session, args: readonly string[]): string => {
    const keyspace = keyspaceOf(client);
    const key = args[1] as string;
    const met = conditions(args.slice(3));
    const given = int64(args[2] as string) * unitMs;
    const end = given + (absolute ? 0n : BigInt(client.door.now));
    if (end > LARGEST_TIME || !fitsInt64(given)) throw new RedisError(`ERR invalid expire time in '${name}' command`);
    const at = Number(end);
    const entry = keyspace.lookup(client.db, key);
    if (!entry || !conditionsMet(met, entry.expireAtMs, at)) return integer(0);
    if (at <= client.door.now) {
      keyspace.delete(client.db, key);
      return integer(1);
    }
    keyspace.setExpiry(client.db, key, entry, at);
    client.reply(integer(1));
    keyspace.notify(client.db, 'g', 'expire', key);
    return '';
  };

const timeLeft =
  (unitMs: number, absolute: boolean) =>
  (client: Session, args: readonly string[]): string => {
    const entry = keyspaceOf(client).read(client.db, args[1] as string, false);
    if (!entry) return integer(-2);
    if (entry.expireAtMs === undefined) return integer(-1);
    const ms = absolute ? entry.expireAtMs : entry.expireAtMs - client.door.now;
    if (unitMs !== 1) return integer(Math.floor((ms + 500) / 1000));
    // The last instant there is, which a number rounds up.
    return integer(ms >= 2 ** 63 ? LARGEST_TIME : ms);
  };

function persist(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const key = args[1] as string;
  const entry = keyspace.lookup(client.db, key);
  if (entry?.expireAtMs === undefined) return integer(0);
  keyspace.setExpiry(client.db, key, entry, undefined);
  keyspace.notify(client.db, 'g', 'persist', key);
  return integer(1);
}

// ---- moving

function renameTo(client: Session, from: string, to: string): void {
  const keyspace = keyspaceOf(client);
  keyspace.take(client.db, to);
  const entry = keyspace.take(client.db, from) as Entry;
  keyspace.set(client.db, to, entry.value, entry.expireAtMs).stored = entry.stored;
  keyspace.notify(client.db, 'g', 'rename_from', from);
  keyspace.notify(client.db, 'g', 'rename_to', to);
}

function rename(client: Session, args: readonly string[]): string {
  const [, from, to] = args as [string, string, string];
  if (!keyspaceOf(client).lookup(client.db, from)) throw new RedisError(NO_SUCH_KEY);
  if (from !== to) renameTo(client, from, to);
  return OK;
}

function renameNx(client: Session, args: readonly string[]): string {
  const [, from, to] = args as [string, string, string];
  const keyspace = keyspaceOf(client);
  if (!keyspace.lookup(client.db, from)) throw new RedisError(NO_SUCH_KEY);
  if (from === to || keyspace.lookup(client.db, to)) return integer(0);
  renameTo(client, from, to);
  return integer(1);
}

function databaseIndex(client: Session, text: string, notInteger = NOT_AN_INTEGER): number {
  const index = strictInteger(text);
  if (index === undefined) throw new RedisError(notInteger);
  if (index < 0 || index >= keyspaceOf(client).databaseCount) throw new RedisError('ERR DB index is out of range');
  return index;
}

const SAME = 'ERR source and destination objects are the same';

function move(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const key = args[1] as string;
  const target = databaseIndex(client, args[2] as string);
  if (client.door.broker.clusterEnabled) throw new RedisError('ERR MOVE is not allowed in cluster mode');
  if (target === client.db) throw new RedisError(SAME);
  if (!keyspace.lookup(client.db, key) || keyspace.lookup(target, key)) return integer(0);
  const entry = keyspace.take(client.db, key) as Entry;
  keyspace.set(target, key, entry.value, entry.expireAtMs).stored = entry.stored;
  keyspace.notify(client.db, 'g', 'move_from', key);
  keyspace.notify(target, 'g', 'move_to', key);
  return integer(1);
}

function copy(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const [, from, to] = args as [string, string, string];
  let target = client.db;
  let replace = false;
  for (let i = 3; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    if (word === 'replace') replace = true;
    else if (word === 'db' && i + 1 < args.length) target = databaseIndex(client, args[++i] as string);
    else throw new RedisError(SYNTAX_ERROR);
  }
  if (client.door.broker.clusterEnabled && target !== 0) {
    throw new RedisError('ERR Copying to another database is not allowed in cluster mode');
  }
  if (target === client.db && from === to) throw new RedisError(SAME);
  const entry = keyspace.read(client.db, from);
  if (!entry) return integer(0);
  if (keyspace.lookup(target, to)) {
    if (!replace) return integer(0);
    keyspace.take(target, to);
  }
  keyspace.set(target, to, cloneValue(entry.value), entry.expireAtMs).stored = entry.stored ?? 'unshared';
  keyspace.notify(target, 'g', 'copy_to', to);
  return integer(1);
}

function swapDb(client: Session, args: readonly string[]): string {
  if (client.door.broker.clusterEnabled) throw new RedisError('ERR SWAPDB is not allowed in cluster mode');
  const first = databaseIndex(client, args[1] as string, 'ERR invalid first DB index');
  const second = databaseIndex(client, args[2] as string, 'ERR invalid second DB index');
  keyspaceOf(client).swap(first, second);
  return OK;
}

// ---- listing

/** A pattern that is not matched at all, so that it takes the empty name too. */
const ANYTHING = '*';

function keys(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const pattern = args[1] as string;
  const found: string[] = [];
  for (const [key, entry] of keyspace.database(client.db).entries) {
    if (!keyspace.isExpired(entry) && (pattern === ANYTHING || globMatch(pattern, key))) found.push(key);
  }
  return bulks(found);
}

interface ScanOptions {
  count: number;
  match?: string;
  type?: string;
}

/** Options of the SCAN family. @throws RedisError */
export function scanOptions(args: readonly string[], from: number, withType: boolean): ScanOptions {
  const options: ScanOptions = { count: 10 };
  for (let i = from; i < args.length; i += 2) {
    const word = (args[i] as string).toLowerCase();
    const value = args[i + 1];
    if (value === undefined) throw new RedisError(SYNTAX_ERROR);
    if (word === 'count') {
      options.count = int(value);
      if (options.count < 1) throw new RedisError(SYNTAX_ERROR);
    } else if (word === 'match') {
      if (value !== ANYTHING) options.match = value;
    } else if (word === 'type' && withType) options.type = value.toLowerCase();
    else throw new RedisError(SYNTAX_ERROR);
  }
  return options;
}

/** Whether a name is among those that MATCH asks for. */
export function passes({ match }: ScanOptions, name: string): boolean {
  return match === undefined || globMatch(match, name);
}

/** A cursor: a position in the order of creation. @throws RedisError */
export function cursor(text: string): number {
  if (!/^-?\d{1,20}$/.test(text)) throw new RedisError('ERR invalid cursor');
  if (BigInt(text) >= 2n ** 64n) throw new RedisError('ERR invalid cursor');
  const position = Number(text);
  return position < 0 ? Number.MAX_SAFE_INTEGER : position;
}

function scan(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const position = cursor(args[1] as string);
  const options = scanOptions(args, 2, true);
  const all = [...keyspace.database(client.db).entries.keys()];
  const page = all.slice(position, position + options.count);
  const next = position + options.count >= all.length ? 0 : position + options.count;
  let removed = 0;
  const found = page.filter((key) => {
    const entry = keyspace.lookup(client.db, key);
    if (!entry) removed++;
    if (!entry || !passes(options, key)) return false;
    return options.type === undefined || typeName(entry.value) === options.type;
  });
  // Keys that expired under the cursor have moved the rest up.
  return array([bulk(String(next === 0 ? 0 : next - removed)), bulks(found)]);
}

function randomKey(client: Session): string {
  const keyspace = keyspaceOf(client);
  const live = [...keyspace.database(client.db).entries.keys()].filter((key) => keyspace.lookup(client.db, key));
  return live.length === 0 ? nullBulk(client.protocol) : bulk(client.door.context.random.pick(live));
}

const flush =
  (every: boolean) =>
  (client: Session, args: readonly string[]): string => {
    if (args.length > 2 || (args[1] !== undefined && !/^(async|sync)$/i.test(args[1])))
      throw new RedisError(SYNTAX_ERROR);
    const keyspace = keyspaceOf(client);
    if (!every) keyspace.flush(client.db);
    else for (let index = 0; index < keyspace.databaseCount; index++) keyspace.flush(index);
    client.door.tracking.flushed();
    return OK;
  };

const categories = ['keyspace'];
const define = definer(categories);
const risky = (shape: string, run: NonNullable<Command['run']>) =>
  command(shape, { categories: [...categories, 'dangerous'], run });

export const keyCommands: readonly Command[] = [
  define('del -2 w', remove),
  define('unlink -2 Fw', remove),
  define('exists -2 Fr', exists(false)),
  define('touch -2 Fr', exists(true)),
  define('type 2 Fr', type),
  define('rename 3 w', rename),
  define('renamenx 3 Fw', renameNx),
  define('copy -3 mw', copy),
  define('move 3 Fw', move),
  risky('keys 2 r', keys),
  define('scan -2 r', scan),
  define('randomkey 1 r', randomKey),
  define('expire -3 Fw', expire('expire', 1000n, false)),
  define('pexpire -3 Fw', expire('pexpire', 1n, false)),
  define('expireat -3 Fw', expire('expireat', 1000n, true)),
  define('pexpireat -3 Fw', expire('pexpireat', 1n, true)),
  define('expiretime 2 Fr', timeLeft(1000, true)),
  define('pexpiretime 2 Fr', timeLeft(1, true)),
  define('ttl 2 Fr', timeLeft(1000, false)),
  define('pttl 2 Fr', timeLeft(1, false)),
  define('persist 2 Fw', persist),
  define('dbsize 1 Fr', (client) => integer(keyspaceOf(client).database(client.db).entries.size)),
  risky('flushdb -1 w', flush(false)),
  risky('flushall -1 w', flush(true)),
  risky('swapdb 3 Fw', swapDb),
  objectCommand,
];
