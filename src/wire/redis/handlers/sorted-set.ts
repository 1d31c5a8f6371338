/**
 * Sorted sets: members with scores.
 *
 * Not done: ranges by LEX, unions and intersections, ZRANDMEMBER, ZMPOP.
 *
 * @see https://redis.io/docs/latest/commands/?group=sorted-set
 */
import {
  globMatch,
  NOT_A_FLOAT,
  RedisError,
  type Scored,
  SortedSetValue,
  SYNTAX_ERROR,
} from '../../../models/redis/index.js';
import { type Command, command, ONE_KEY } from '../handler.js';
import { array, bulk, bulks, double, EMPTY_ARRAY, formatDouble, integer, nullBulk } from '../reply.js';
import type { Session } from '../session.js';
import { cursor, scanOptions } from './key.js';
import { elementCount, int, parseFloat64 } from './number.js';

const keyspaceOf = (client: Session) => client.door.broker.keyspace;

const readSorted = (client: Session, args: readonly string[]): SortedSetValue | undefined =>
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
    keyspace.notify(client.db, 'z', event, key);
    keyspace.blocking.signal(client.db, key);
  }
  if (increments) return scoreOrNull(client, result);
  return integer(words.has('ch') ? made + changed : made);
}

function zadd(client: Session, args: readonly string[]): string {
  const words = addWords(args);
  return add(client, args, words, words.words.has('incr') ? 'zincr' : 'zadd');
}

function zincrby(client: Session, args: readonly string[]): string {
  const pairs = [[scoreOf(args[2] as string), args[3] as string] as const];
  return add(client, args, { words: new Set(['incr']), pairs }, 'zincr');
}

// ---- ranges

interface Bound {
  readonly score: number;
  readonly exclusive: boolean;
}

/** @throws RedisError */
function bound(text: string): Bound {
  const exclusive = text.startsWith('(');
  const score = parseFloat64(exclusive ? text.slice(1) : text);
  if (score === undefined) throw new RedisError('ERR min or max is not a float');
  return { score, exclusive };
}

/** Positions `from` up to, not including, `to` of the members within two scores. */
function scoreSpan(sorted: SortedSetValue, min: Bound, max: Bound): readonly [from: number, to: number] {
  const from = sorted.countWhile(({ score }) => score < min.score || (min.exclusive && score === min.score));
  const to = sorted.countWhile(({ score }) => score < max.score || (!max.exclusive && score === max.score));
  return [from, Math.max(from, to)];
}

/** The same for positions as Redis gives them: inclusive, negative from the end. */
function rankSpan(length: number, first: number, last: number): readonly [from: number, to: number] {
  const from = Math.max(first < 0 ? first + length : first, 0);
  return [from, Math.max(from, Math.min((last < 0 ? last + length : last) + 1, length))];
}

/** A member and its score. */
export function pairReply(client: Session, { member, score }: Scored): string {
  return array([bulk(member), double(score, client.protocol, client.door.broker.version)]);
}

/** Members, with scores when asked: a flat list in RESP2, pairs in RESP3. */
function membersReply(client: Session, found: readonly Scored[], withScores: boolean): string {
  if (!withScores) return bulks(found.map(({ member }) => member));
  const { version } = client.door.broker;
  if (client.protocol === 3) return array(found.map((one) => pairReply(client, one)));
  return bulks(found.flatMap(({ member, score }) => [member, formatDouble(score, version)]));
}

interface RangeWords {
  /** ZRANGE alone takes BYSCORE and REV; the others have them in their names. */
  readonly general: boolean;
  byScore: boolean;
  reverse: boolean;
  withScores: boolean;
  limit?: readonly [offset: number, count: number];
}

/** @throws RedisError */
function rangeWords(args: readonly string[], start: RangeWords): RangeWords {
  const options = { ...start };
  for (let i = 4; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    if (word === 'withscores') options.withScores = true;
    else if (start.general && word === 'byscore' && !options.byScore) options.byScore = true;
    else if (start.general && word === 'rev' && !options.reverse) options.reverse = true;
    else if (word === 'limit' && i + 2 < args.length) {
      options.limit = [int(args[i + 1] as string), int(args[i + 2] as string)];
      i += 2;
    } else throw new RedisError(SYNTAX_ERROR);
  }
  // A count of -1 is as good as no LIMIT.
  if (options.limit && options.limit[1] !== -1 && !options.byScore) {
    throw new RedisError('ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX');
  }
  return options;
}

const range =
  (start: RangeWords) =>
  (client: Session, args: readonly string[]): string => {
    const options = rangeWords(args, start);
    const [first, last] = [args[2] as string, args[3] as string];
    const bounds = options.byScore ? ([bound(first), bound(last)] as const) : undefined;
    const ranks = bounds ? undefined : ([int(first), int(last)] as const);
    const sorted = readSorted(client, args);
    if (!sorted) return EMPTY_ARRAY;
    let found: Scored[];
    if (bounds) {
      const [min, max] = options.reverse ? [bounds[1], bounds[0]] : bounds;
      found = sorted.ordered().slice(...scoreSpan(sorted, min, max));
      if (options.reverse) found.reverse();
    } else {
      const [from, to] = rankSpan(sorted.size, ...(ranks as readonly [number, number]));
      found = options.reverse
        ? sorted
            .ordered()
            .slice(sorted.size - to, sorted.size - from)
            .reverse()
        : sorted.ordered().slice(from, to);
    }
    if (options.limit && bounds) {
      const [offset, count] = options.limit;
      found = offset < 0 ? [] : found.slice(offset, count < 0 ? undefined : offset + count);
    }
    return membersReply(client, found, options.withScores);
  };

// ---- removing

function removeMembers(client: Session, key: string, members: readonly string[], event: string): number {
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

const removeRange =
  (event: string, spanOf: (sorted: SortedSetValue, first: string, last: string) => readonly [number, number]) =>
  (client: Session, args: readonly string[]): string => {
    const [, key, first, last] = args as [string, string, string, string];
    // The bounds are checked even when there is no such key.
    spanOf(new SortedSetValue(), first, last);
    const sorted = keyspaceOf(client).writableAs(client.db, key, SortedSetValue);
    if (!sorted) return integer(0);
    const found = sorted.ordered().slice(...spanOf(sorted, first, last));
    return integer(
      removeMembers(
        client,
        key,
        found.map(({ member }) => member),
        event,
      ),
    );
  };

const pop =
  (lowest: boolean) =>
  (client: Session, args: readonly string[]): string => {
    if (args.length > 3) throw new RedisError(SYNTAX_ERROR);
    const count = args[2] === undefined ? 1 : elementCount(args[2]);
    const key = args[1] as string;
    const sorted = keyspaceOf(client).writableAs(client.db, key, SortedSetValue);
    const found = sorted ? popScored(client, key, sorted, lowest, count) : [];
    const [only] = found;
    // Without a count RESP3 gets one flat pair.
    if (args.length === 2 && only && client.protocol === 3) return pairReply(client, only);
    return membersReply(client, found, true);
  };

/** Takes members off one end and fires the events. */
export function popScored(
  client: Session,
  key: string,
  sorted: SortedSetValue,
  lowest: boolean,
  count: number,
): Scored[] {
  const all = sorted.ordered();
  const found = lowest ? all.slice(0, count) : all.slice(Math.max(0, all.length - count)).reverse();
  const members = found.map(({ member }) => member);
  removeMembers(client, key, members, lowest ? 'zpopmin' : 'zpopmax');
  return found;
}

// ---- one member

const rank =
  (reverse: boolean) =>
  (client: Session, args: readonly string[]): string => {
    const sorted = readSorted(client, args);
    const position = sorted?.rank(args[2] as string);
    if (!sorted || position === undefined) return nullBulk(client.protocol);
    return integer(reverse ? sorted.size - 1 - position : position);
  };

function scan(client: Session, args: readonly string[]): string {
  cursor(args[2] as string);
  const options = scanOptions(args, 3, false);
  const { version } = client.door.broker;
  const all = readSorted(client, args)?.ordered() ?? [];
  const found = all.filter(({ member }) => !options.match || globMatch(options.match, member));
  return array([bulk('0'), bulks(found.flatMap(({ member, score }) => [member, formatDouble(score, version)]))]);
}

const categories = ['sortedset'];
const one = (shape: string, run: NonNullable<Command['run']>) => command(shape, { keys: ONE_KEY, categories, run });
const PLAIN: RangeWords = { general: false, byScore: false, reverse: false, withScores: false };

export const sortedSetCommands: readonly Command[] = [
  one('zadd -4 Fmw', zadd),
  one('zincrby 4 Fmw', zincrby),
  one('zrem -3 Fw', (client, args) => integer(removeMembers(client, args[1] as string, args.slice(2), 'zrem'))),
  one('zscore 3 Fr', (client, args) => scoreOrNull(client, readSorted(client, args)?.score(args[2] as string))),
  one('zmscore -3 Fr', (client, args) => {
    const sorted = readSorted(client, args);
    return array(args.slice(2).map((member) => scoreOrNull(client, sorted?.score(member))));
  }),
  one('zcard 2 Fr', (client, args) => integer(readSorted(client, args)?.size ?? 0)),
  one('zcount 4 Fr', (client, args) => {
    const [min, max] = [bound(args[2] as string), bound(args[3] as string)];
    const sorted = readSorted(client, args);
    if (!sorted) return integer(0);
    const [from, to] = scoreSpan(sorted, min, max);
    return integer(to - from);
  }),
  one('zrank 3 Fr', rank(false)),
  one('zrevrank 3 Fr', rank(true)),
  one('zrange -4 r', range({ ...PLAIN, general: true })),
  one('zrevrange -4 r', range({ ...PLAIN, reverse: true })),
  one('zrangebyscore -4 r', range({ ...PLAIN, byScore: true })),
  one('zrevrangebyscore -4 r', range({ ...PLAIN, byScore: true, reverse: true })),
  one('zpopmin -2 Fw', pop(true)),
  one('zpopmax -2 Fw', pop(false)),
  one(
    'zremrangebyscore 4 w',
    removeRange('zremrangebyscore', (sorted, first, last) => scoreSpan(sorted, bound(first), bound(last))),
  ),
  one(
    'zremrangebyrank 4 w',
    removeRange('zremrangebyrank', (sorted, first, last) => rankSpan(sorted.size, int(first), int(last))),
  ),
  one('zscan -3 r', scan),
];
