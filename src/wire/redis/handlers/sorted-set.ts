/**
 * Sorted sets: members with scores.
 *
 * @see https://redis.io/docs/latest/commands/?group=sorted-set
 */
import { NOT_A_FLOAT, RedisError, type Scored, SortedSetValue, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, command, definer } from '../handler.js';
import { array, bulk, bulks, double, formatDouble, integer, nullArray, nullBulk } from '../reply.js';
import type { Session } from '../session.js';
import { cursor, passes, scanOptions } from './key.js';
import { elementCount, parseFloat64 } from './number.js';
import { randomPicks, randomWords } from './random-pick.js';

const keyspaceOf = (client: Session) => client.door.broker.keyspace;

export const readSorted = (client: Session, args: readonly string[]): SortedSetValue | undefined =>
  keyspaceOf(client).readAs(client.db, args[1] as string, SortedSetValue);

/** @throws RedisError */
function scoreOf(text: string): number {
  const score = parseFloat64(text);
  if (score === undefined) throw new RedisError(NOT_A_FLOAT);
  return score;
}

const scoreOrNull = (client: Session, score: number | undefined): string =>
  score === undefined ? nullBulk(client.protocol) : double(score, client.protocol, client.door.broker.version);

// ---- adding

interface AddWords {
  readonly words: ReadonlySet<string>;
  readonly pairs: ReadonlyArray<readonly [score: number, member: string]>;
}

/** @throws RedisError */
function addWords(args: readonly string[]): AddWords {
  const words = new Set<string>();
  let at = 2;
  while (/^(nx|xx|gt|lt|ch|incr)$/i.test(args[at] ?? '')) words.add((args[at++] as string).toLowerCase());
  const rest = args.slice(at);
  if (rest.length === 0 || rest.length % 2 === 1) throw new RedisError(SYNTAX_ERROR);
  if (words.has('nx') && words.has('xx')) {
    throw new RedisError('ERR XX and NX options at the same time are not compatible');
  }
  if ([...words].filter((word) => /^(nx|gt|lt)$/.test(word)).length > 1) {
    throw new RedisError('ERR GT, LT, and/or NX options at the same time are not compatible');
  }
  if (words.has('incr') && rest.length > 2) {
    throw new RedisError('ERR INCR option supports a single increment-element pair');
  }
  const pairs: Array<readonly [number, string]> = [];
  for (let i = 0; i < rest.length; i += 2) pairs.push([scoreOf(rest[i] as string), rest[i + 1] as string]);
  return { words, pairs };
}

function add(client: Session, args: readonly string[], { words, pairs }: AddWords, event: string): string {
  const keyspace = keyspaceOf(client);
  const key = args[1] as string;
  const increments = words.has('incr');
  const present = keyspace.writableAs(client.db, key, SortedSetValue);
  const changes = new Map<string, number>();
  let made = 0;
  let changed = 0;
  let result: number | undefined;
  for (const [given, member] of pairs) {
    const old = changes.get(member) ?? present?.score(member);
    const score = increments ? (old ?? 0) + given : given;
    if (Number.isNaN(score)) throw new RedisError('ERR resulting score is not a number (NaN)');
    if (old === undefined ? words.has('xx') : words.has('nx')) continue;
    if (old !== undefined && ((words.has('gt') && score <= old) || (words.has('lt') && score >= old))) continue;
    result = score;
    if (old === score) continue;
    if (old === undefined) made++;
    else changed++;
    changes.set(member, score);
  }
  if (changes.size > 0) {
    const target = present ?? keyspace.ensure(client.db, key, SortedSetValue);
    keyspace.update(client.db, key, target, () => {
      for (const [member, score] of changes) target.set(member, score);
    });
    keyspace.blocking.signal(client.db, key);
  }
  client.reply(increments ? scoreOrNull(client, result) : integer(words.has('ch') ? made + changed : made));
  if (changes.size > 0) keyspace.notify(client.db, 'z', event, key);
  return '';
}

export function zadd(client: Session, args: readonly string[]): string {
  const words = addWords(args);
  return add(client, args, words, words.words.has('incr') ? 'zincr' : 'zadd');
}

function zincrby(client: Session, args: readonly string[]): string {
  const pairs = [[scoreOf(args[2] as string), args[3] as string] as const];
  return add(client, args, { words: new Set(['incr']), pairs }, 'zincr');
}

// ---- answering

/** A member and its score. */
export function pairReply(client: Session, { member, score }: Scored): string {
  return array([bulk(member), double(score, client.protocol, client.door.broker.version)]);
}

/** Members, with scores when asked: a flat list in RESP2, pairs in RESP3. */
export function membersReply(client: Session, found: readonly Scored[], withScores: boolean): string {
  if (!withScores) return bulks(found.map(({ member }) => member));
  const { version } = client.door.broker;
  if (client.protocol === 3) return array(found.map((one) => pairReply(client, one)));
  return bulks(found.flatMap(({ member, score }) => [member, formatDouble(score, version)]));
}

/** Stores members over whatever was there, answers how many and fires the event; no members remove the key. */
export function storeMembers(client: Session, key: string, members: readonly Scored[], event: string): string {
  const keyspace = keyspaceOf(client);
  if (members.length > 0) {
    keyspace.set(client.db, key, SortedSetValue.load(members.map(({ member, score }) => [member, score])));
  }
  client.reply(integer(members.length));
  if (members.length === 0) keyspace.delete(client.db, key);
  else keyspace.notify(client.db, 'z', event, key);
  return '';
}

// ---- removing

/** Removes members that are there and fires the events. @returns how many went */
export function removeMembers(client: Session, key: string, members: readonly string[], event: string): number {
  const keyspace = keyspaceOf(client);
  const sorted = keyspace.writableAs(client.db, key, SortedSetValue);
  if (!sorted || !members.some((member) => sorted.score(member) !== undefined)) return 0;
  const before = sorted.size;
  keyspace.update(client.db, key, sorted, () => {
    for (const member of members) sorted.delete(member);
  });
  keyspace.notify(client.db, 'z', event, key);
  keyspace.removeIfEmpty(client.db, key, sorted);
  return before - sorted.size;
}

const pop =
  (lowest: boolean) =>
  (client: Session, args: readonly string[]): string => {
    if (args.length > 3) throw new RedisError(SYNTAX_ERROR);
    const count = args[2] === undefined ? 1 : elementCount(args[2]);
    const key = args[1] as string;
    const sorted = keyspaceOf(client).writableAs(client.db, key, SortedSetValue);
    if (!sorted || count === 0) return membersReply(client, [], true);
    popScored(client, key, sorted, { lowest, count }, (found) => {
      // Without a count RESP3 gets one flat pair.
      const flat = args.length === 2 && client.protocol === 3;
      const reply = flat ? pairReply(client, found[0] as Scored) : membersReply(client, found, true);
      const headEnd = reply.indexOf('\n') + 1;
      return [reply.slice(0, headEnd), reply.slice(headEnd)];
    });
    return '';
  };

/**
 * Takes members off one end and fires the events.
 *
 * @param reply head and body of the answer: Redis tells of the removal between them
 */
export function popScored(
  client: Session,
  key: string,
  sorted: SortedSetValue,
  { lowest, count }: { readonly lowest: boolean; readonly count: number },
  reply: (found: readonly Scored[]) => readonly [head: string, body: string] = () => ['', ''],
): Scored[] {
  const keyspace = keyspaceOf(client);
  const all = sorted.ordered();
  const found = lowest ? all.slice(0, count) : all.slice(Math.max(0, all.length - count)).reverse();
  const [head, body] = reply(found);
  client.reply(head);
  keyspace.update(client.db, key, sorted, () => {
    for (const { member } of found) sorted.delete(member);
  });
  keyspace.notify(client.db, 'z', lowest ? 'zpopmin' : 'zpopmax', key);
  client.reply(body);
  keyspace.removeIfEmpty(client.db, key, sorted);
  return found;
}

// ---- one member

const rank =
  (reverse: boolean) =>
  (client: Session, args: readonly string[]): string => {
    const withScore = args[3] !== undefined;
    if (withScore && args[3]?.toLowerCase() !== 'withscore') throw new RedisError(SYNTAX_ERROR);
    if (args.length > 4) {
      throw new RedisError(`ERR wrong number of arguments for '${reverse ? 'zrevrank' : 'zrank'}' command`);
    }
    const sorted = readSorted(client, args);
    const position = sorted?.rank(args[2] as string);
    if (!sorted || position === undefined) return withScore ? nullArray(client.protocol) : nullBulk(client.protocol);
    const found = integer(reverse ? sorted.size - 1 - position : position);
    return withScore ? array([found, scoreOrNull(client, sorted.score(args[2] as string))]) : found;
  };

function scan(client: Session, args: readonly string[]): string {
  cursor(args[2] as string);
  const options = scanOptions(args, 3, false);
  const { version } = client.door.broker;
  const all = readSorted(client, args)?.ordered() ?? [];
  const found = all.filter(({ member }) => passes(options, member));
  return array([bulk('0'), bulks(found.flatMap(({ member, score }) => [member, formatDouble(score, version)]))]);
}

function randomMember(client: Session, args: readonly string[]): string {
  const { count, withValues } = randomWords(args, 'withscores');
  const sorted = readSorted(client, args);
  if (count === undefined) {
    return sorted ? bulk(client.door.context.random.pick(sorted.ordered()).member) : nullBulk(client.protocol);
  }
  return membersReply(client, sorted ? randomPicks(client, sorted.ordered(), count) : [], withValues);
}

const categories = ['sortedset'];
const define = definer(categories);

export const sortedSetCommands: readonly Command[] = [
  define('zadd -4 Fmw', zadd),
  define('zincrby 4 Fmw', zincrby),
  define('zrem -3 Fw', (client, args) => integer(removeMembers(client, args[1] as string, args.slice(2), 'zrem'))),
  define('zscore 3 Fr', (client, args) => scoreOrNull(client, readSorted(client, args)?.score(args[2] as string))),
  define('zmscore -3 Fr', (client, args) => {
    const sorted = readSorted(client, args);
    return array(args.slice(2).map((member) => scoreOrNull(client, sorted?.score(member))));
  }),
  define('zcard 2 Fr', (client, args) => integer(readSorted(client, args)?.size ?? 0)),
  command('zrank -3 Fr', { categories, arityIn70: 3, run: rank(false) }),
  command('zrevrank -3 Fr', { categories, arityIn70: 3, run: rank(true) }),
  define('zpopmin -2 Fw', pop(true)),
  define('zpopmax -2 Fw', pop(false)),
  define('zrandmember -2 r', randomMember),
  define('zscan -3 r', scan),
];
