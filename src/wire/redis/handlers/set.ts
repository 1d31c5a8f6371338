/**
 * Sets. Members come back in no order that means anything; random picks come from the broker's seed.
 *
 * @see https://redis.io/docs/latest/commands/?group=set
 */
import { RedisError, SetValue, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, definer } from '../handler.js';
import { array, bulk, bulks, integer, nullBulk, set } from '../reply.js';
import type { Session } from '../session.js';
import { cursor, passes, scanOptions } from './key.js';
import { elementCount, nonNegativeInt, positiveInt } from './number.js';
import { distinctPicks, randomCount, randomPicks } from './random-pick.js';

const keyspaceOf = (client: Session) => client.door.broker.keyspace;

const readSet = (client: Session, key: string): SetValue | undefined =>
  keyspaceOf(client).readAs(client.db, key, SetValue);

const setReply = (client: Session, members: readonly string[]): string => set(members.map(bulk), client.protocol);

function add(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const key = args[1] as string;
  const target = keyspace.ensure(client.db, key, SetValue);
  const before = target.size;
  const members = args.slice(2).filter((member) => !target.has(member));
  if (members.length === 0) return integer(0);
  keyspace.update(client.db, key, target, () => {
    for (const member of members) target.add(member);
  });
  keyspace.notify(client.db, 's', 'sadd', key);
  return integer(target.size - before);
}

/**
 * Removes members that are there and fires the events.
 *
 * @param reply what is written when the removal has been told and the end of the key has not
 * @returns how many went
 */
function removeMembers(client: Session, key: string, members: readonly string[], event: string, reply = ''): number {
  const keyspace = keyspaceOf(client);
  const source = keyspace.writableAs(client.db, key, SetValue);
  if (!source || !members.some((member) => source.has(member))) return 0;
  const before = source.size;
  keyspace.update(client.db, key, source, () => {
    for (const member of members) source.delete(member);
  });
  keyspace.notify(client.db, 's', event, key);
  client.reply(reply);
  keyspace.removeIfEmpty(client.db, key, source);
  return before - source.size;
}

function move(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const [, from, to, member] = args as [string, string, string, string];
  const source = keyspace.writableAs(client.db, from, SetValue);
  if (!source) return integer(0);
  const target = keyspace.writableAs(client.db, to, SetValue);
  if (!source.has(member)) return integer(0);
  if (from === to) return integer(1);
  removeMembers(client, from, [member], 'srem');
  if (!target?.has(member)) add(client, ['sadd', to, member]);
  return integer(1);
}

function popRandom(client: Session, args: readonly string[]): string {
  if (args.length > 3) throw new RedisError(SYNTAX_ERROR);
  const key = args[1] as string;
  const count = args[2] === undefined ? undefined : elementCount(args[2]);
  const source = keyspaceOf(client).writableAs(client.db, key, SetValue);
  if (!source) return count === undefined ? nullBulk(client.protocol) : setReply(client, []);
  if (count === 0) return setReply(client, []);
  const members = distinctPicks(client, source.members(), count ?? 1);
  removeMembers(
    client,
    key,
    members,
    'spop',
    count === undefined ? bulk(members[0] as string) : setReply(client, members),
  );
  return '';
}

function randomMember(client: Session, args: readonly string[]): string {
  if (args.length > 3) throw new RedisError(SYNTAX_ERROR);
  const count = args[2] === undefined ? undefined : randomCount(args[2]);
  const members = readSet(client, args[1] as string)?.members();
  if (count === undefined) {
    return members ? bulk(client.door.context.random.pick(members)) : nullBulk(client.protocol);
  }
  return bulks(members ? randomPicks(client, members, count) : []);
}

type Combine = (sets: ReadonlyArray<SetValue | undefined>) => string[];

const union: Combine = (sets) => [...new Set(sets.flatMap((source) => source?.members() ?? []))];
const intersection: Combine = ([first, ...rest]) =>
  (first?.members() ?? []).filter((member) => rest.every((source) => source?.has(member)));
const difference: Combine = ([first, ...rest]) =>
  (first?.members() ?? []).filter((member) => !rest.some((source) => source?.has(member)));

const combined =
  (combine: Combine) =>
  (client: Session, args: readonly string[]): string =>
    setReply(client, combine(args.slice(1).map((key) => readSet(client, key))));

const combinedInto =
  (combine: Combine, event: string) =>
  (client: Session, args: readonly string[]): string => {
    const keyspace = keyspaceOf(client);
    const key = args[1] as string;
    const sources = args.slice(2).map((source) => readSet(client, source));
    const members = combine(sources);
    // Nothing to intersect with is found before the answer is written.
    if (combine === intersection && sources.includes(undefined)) keyspace.delete(client.db, key);
    if (members.length > 0) keyspace.set(client.db, key, SetValue.load(members));
    client.reply(integer(members.length));
    if (members.length > 0) keyspace.notify(client.db, 's', event, key);
    else keyspace.delete(client.db, key);
    return '';
  };

function intersectionCount(client: Session, args: readonly string[]): string {
  const keyCount = positiveInt(args[1] as string, 'ERR numkeys should be greater than 0');
  if (keyCount > args.length - 2) throw new RedisError("ERR Number of keys can't be greater than number of args");
  let limit = 0;
  for (let i = keyCount + 2; i < args.length; i += 2) {
    if (args[i]?.toLowerCase() !== 'limit' || args[i + 1] === undefined) throw new RedisError(SYNTAX_ERROR);
    limit = nonNegativeInt(args[i + 1] as string, "ERR LIMIT can't be negative");
  }
  const found = intersection(args.slice(2, keyCount + 2).map((key) => readSet(client, key))).length;
  return integer(limit === 0 ? found : Math.min(limit, found));
}

function scan(client: Session, args: readonly string[]): string {
  cursor(args[2] as string);
  const options = scanOptions(args, 3, false);
  const members = readSet(client, args[1] as string)?.members() ?? [];
  return array([bulk('0'), bulks(members.filter((member) => passes(options, member)))]);
}

const categories = ['set'];
const define = definer(categories);
const isMember = (source: SetValue | undefined, member: string): string => integer(source?.has(member) ? 1 : 0);

export const setCommands: readonly Command[] = [
  define('sadd -3 Fmw', add),
  define('srem -3 Fw', (client, args) => integer(removeMembers(client, args[1] as string, args.slice(2), 'srem'))),
  define('smembers 2 r', (client, args) => setReply(client, readSet(client, args[1] as string)?.members() ?? [])),
  define('sismember 3 Fr', (client, args) => isMember(readSet(client, args[1] as string), args[2] as string)),
  define('smismember -3 Fr', (client, args) => {
    const source = readSet(client, args[1] as string);
    return array(args.slice(2).map((member) => isMember(source, member)));
  }),
  define('scard 2 Fr', (client, args) => integer(readSet(client, args[1] as string)?.size ?? 0)),
  define('spop -2 Fw', popRandom),
  define('srandmember -2 r', randomMember),
  define('smove 4 Fw', move),
  define('sinter -2 r', combined(intersection)),
  define('sintercard -3 rv', intersectionCount),
  define('sunion -2 r', combined(union)),
  define('sdiff -2 r', combined(difference)),
  define('sinterstore -3 mw', combinedInto(intersection, 'sinterstore')),
  define('sunionstore -3 mw', combinedInto(union, 'sunionstore')),
  define('sdiffstore -3 mw', combinedInto(difference, 'sdiffstore')),
  define('sscan -3 r', scan),
];
