/**
 * Hashes.
 *
 * @see https://redis.io/docs/latest/commands/?group=hash
 */
import { HashValue, RedisError } from '../../../models/redis/index.js';
import { type Command, definer } from '../handler.js';
import { array, bulk, bulkOrNull, bulks, integer, map, nullBulk, OK } from '../reply.js';
import type { Session } from '../session.js';
import { cursor, passes, scanOptions } from './key.js';
import { addDecimals, fitsInt64, int64, parseFloat64, strictInt64 } from './number.js';
import { randomPicks, randomWords } from './random-pick.js';

const keyspaceOf = (client: Session) => client.door.broker.keyspace;

const hashOf = (client: Session, args: readonly string[]): HashValue | undefined =>
  keyspaceOf(client).readAs(client.db, args[1] as string, HashValue);

/** Stores fields and fires the event, behind the reply. @param reply from the number of new fields */
function store(
  client: Session,
  [, key, ...fields]: readonly string[],
  event: string,
  reply: (made: number) => string,
): string {
  const keyspace = keyspaceOf(client);
  const hash = keyspace.ensure(client.db, key as string, HashValue);
  let made = 0;
  keyspace.update(client.db, key as string, hash, () => {
    for (let i = 0; i < fields.length; i += 2) if (hash.set(fields[i] as string, fields[i + 1] as string)) made++;
  });
  client.reply(reply(made));
  keyspace.notify(client.db, 'h', event, key as string);
  return '';
}

const setFields =
  (name: string, reply: (made: number) => string) =>
  (client: Session, args: readonly string[]): string => {
    if (args.length % 2 === 1) throw new RedisError(`ERR wrong number of arguments for '${name}' command`);
    return store(client, args, 'hset', reply);
  };

function setNew(client: Session, args: readonly string[]): string {
  const [, key, field] = args as [string, string, string];
  if (keyspaceOf(client).writableAs(client.db, key, HashValue)?.has(field)) return integer(0);
  return store(client, args, 'hset', integer);
}

function remove(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const key = args[1] as string;
  const hash = keyspace.writableAs(client.db, key, HashValue);
  const fields = args.slice(2);
  if (!hash || !fields.some((field) => hash.has(field))) return integer(0);
  let removed = 0;
  keyspace.update(client.db, key, hash, () => {
    for (const field of fields) if (hash.delete(field)) removed++;
  });
  keyspace.notify(client.db, 'h', 'hdel', key);
  keyspace.removeIfEmpty(client.db, key, hash);
  return integer(removed);
}

function increase(client: Session, args: readonly string[]): string {
  const [, key, field, increment] = args as [string, string, string, string];
  const by = int64(increment);
  const present = strictInt64(keyspaceOf(client).writableAs(client.db, key, HashValue)?.get(field) ?? '0');
  if (present === undefined) throw new RedisError('ERR hash value is not an integer');
  const value = present + by;
  if (!fitsInt64(value)) throw new RedisError('ERR increment or decrement would overflow');
  return store(client, ['hincrby', key, field, String(value)], 'hincrby', () => integer(value));
}

function increaseFloat(client: Session, args: readonly string[]): string {
  const [, key, field, increment] = args as [string, string, string, string];
  const by = parseFloat64(increment);
  if (by === undefined) throw new RedisError('ERR value is not a valid float');
  if (!Number.isFinite(by)) throw new RedisError('ERR value is NaN or Infinity');
  const present = keyspaceOf(client).writableAs(client.db, key, HashValue)?.get(field) ?? '0';
  if (parseFloat64(present) === undefined) throw new RedisError('ERR hash value is not a float');
  const value = addDecimals(present, increment);
  return store(client, ['hincrbyfloat', key, field, value], 'hincrbyfloat', () => bulk(value));
}

const entriesOf = (client: Session, args: readonly string[]): Array<[string, string]> => [
  ...(hashOf(client, args)?.entries() ?? []),
];

function randomField(client: Session, args: readonly string[]): string {
  const { count, withValues } = randomWords(args, 'withvalues');
  const entries = entriesOf(client, args);
  if (count === undefined) {
    return entries.length > 0 ? bulk(client.door.context.random.pick(entries)[0]) : nullBulk(client.protocol);
  }
  const found = entries.length > 0 ? randomPicks(client, entries, count) : [];
  if (!withValues) return bulks(found.map(([field]) => field));
  return client.protocol === 3 ? array(found.map(bulks)) : bulks(found.flat());
}

function scan(client: Session, args: readonly string[]): string {
  cursor(args[2] as string);
  const options = scanOptions(args, 3, false);
  const found = entriesOf(client, args).filter(([field]) => passes(options, field));
  return array([bulk('0'), bulks(found.flat())]);
}

const categories = ['hash'];
const define = definer(categories);

export const hashCommands: readonly Command[] = [
  define('hset -4 Fmw', setFields('hset', integer)),
  define(
    'hmset -4 Fmw',
    setFields('hmset', () => OK),
  ),
  define('hsetnx 4 Fmw', setNew),
  define('hget 3 Fr', (client, args) => bulkOrNull(hashOf(client, args)?.get(args[2] as string), client.protocol)),
  define('hmget -3 Fr', (client, args) => {
    const hash = hashOf(client, args);
    return array(args.slice(2).map((field) => bulkOrNull(hash?.get(field), client.protocol)));
  }),
  define('hgetall 2 r', (client, args) =>
    map(
      entriesOf(client, args).map(([field, content]) => [bulk(field), bulk(content)]),
      client.protocol,
    ),
  ),
  define('hkeys 2 r', (client, args) => bulks(entriesOf(client, args).map(([field]) => field))),
  define('hvals 2 r', (client, args) => bulks(entriesOf(client, args).map(([, content]) => content))),
  define('hlen 2 Fr', (client, args) => integer(hashOf(client, args)?.size ?? 0)),
  define('hexists 3 Fr', (client, args) => integer(hashOf(client, args)?.has(args[2] as string) ? 1 : 0)),
  define('hstrlen 3 Fr', (client, args) => integer(hashOf(client, args)?.get(args[2] as string)?.length ?? 0)),
  define('hdel -3 Fw', remove),
  define('hincrby 4 Fmw', increase),
  define('hincrbyfloat 4 Fmw', increaseFloat),
  define('hrandfield -2 r', randomField),
  define('hscan -3 r', scan),
];
