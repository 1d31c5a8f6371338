/**
 * Ranges of sorted sets: by rank, by score and, where all scores are the same, by text.
 *
 * @see https://redis.io/docs/latest/commands/zrange/
 */
import { RedisError, type Scored, SortedSetValue, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, definer } from '../handler.js';
import { integer } from '../reply.js';
import type { Session } from '../session.js';
import { int, parseFloat64 } from './number.js';
import { membersReply, readSorted, removeMembers, storeMembers } from './sorted-set.js';

// ---- by score and rank

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

// ---- by text

interface LexBound {
  /** undefined below and above everything. */
  readonly text: string | undefined;
  readonly exclusive: boolean;
  readonly highest: boolean;
}

/** @throws RedisError */
function lexBound(text: string): LexBound {
  if (text === '-' || text === '+') return { text: undefined, exclusive: false, highest: text === '+' };
  if (!/^[[(]/.test(text)) throw new RedisError('ERR min or max not valid string range item');
  return { text: text.slice(1), exclusive: text.startsWith('('), highest: false };
}

const isAbove = (member: string, { text, exclusive, highest }: LexBound): boolean =>
  text === undefined ? !highest : exclusive ? member > text : member >= text;

const isBelow = (member: string, { text, exclusive, highest }: LexBound): boolean =>
  text === undefined ? highest : exclusive ? member < text : member <= text;

/**
 * The members from the first one within the bounds on, up to the first one behind them: one score is assumed.
 *
 * @param offset how many are passed over from that first one on, whether they are within the bounds or not
 */
function lexRun(sorted: SortedSetValue, min: LexBound, max: LexBound, reverse: boolean, offset = 0): Scored[] {
  const all = reverse ? [...sorted.ordered()].reverse() : sorted.ordered();
  const [enters, stays] = reverse ? [isBelow, isAbove] : [isAbove, isBelow];
  const [start, end] = reverse ? [max, min] : [min, max];
  const from = all.findIndex(({ member }) => enters(member, start));
  if (from === -1 || isEmptyLex(sorted, min, max) || !stays((all[from] as Scored).member, end)) return [];
  const rest = all.slice(from + offset);
  const length = rest.findIndex(({ member }) => !stays(member, end));
  return rest.slice(0, length === -1 ? undefined : length);
}

/** Whether bounds contradict each other or leave out everything from the lowest to the highest. */
function isEmptyLex(sorted: SortedSetValue, min: LexBound, max: LexBound): boolean {
  if (min.text !== undefined && max.text !== undefined) {
    if (min.text > max.text || (min.text === max.text && (min.exclusive || max.exclusive))) return true;
  }
  const [lowest, highest] = [sorted.ordered()[0], sorted.ordered().at(-1)];
  return !lowest || !highest || !isAbove(highest.member, min) || !isBelow(lowest.member, max);
}

// ---- reading and storing

interface RangeWords {
  /** ZRANGE and ZRANGESTORE alone take BYSCORE, BYLEX and REV; the others have them in their names. */
  readonly general: boolean;
  by: 'rank' | 'score' | 'lex';
  reverse: boolean;
  withScores: boolean;
  limit?: readonly [offset: number, count: number];
}

/** @throws RedisError */
function rangeWords(args: readonly string[], start: RangeWords, mayAskScores: boolean): RangeWords {
  const options = { ...start };
  for (let i = 4; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    if (word === 'withscores' && mayAskScores) options.withScores = true;
    else if (start.general && word === 'byscore' && options.by === 'rank') options.by = 'score';
    else if (start.general && word === 'bylex' && options.by === 'rank') options.by = 'lex';
    else if (start.general && word === 'rev' && !options.reverse) options.reverse = true;
    else if (word === 'limit' && i + 2 < args.length) {
      options.limit = [int(args[i + 1] as string), int(args[i + 2] as string)];
      i += 2;
    } else throw new RedisError(SYNTAX_ERROR);
  }
  // A count of -1 is as good as no LIMIT.
  if (options.limit && options.limit[1] !== -1 && options.by === 'rank') {
    throw new RedisError('ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX');
  }
  if (options.withScores && options.by === 'lex') {
    throw new RedisError('ERR syntax error, WITHSCORES not supported in combination with BYLEX');
  }
  return options;
}

/** What picks members out of a sorted set, in the order that was asked for, without the first ones. */
type Select = (sorted: SortedSetValue, offset?: number) => Scored[];

/** @throws RedisError when a bound is none */
function selection(options: RangeWords, first: string, last: string): Select {
  const { by, reverse } = options;
  const [low, high] = reverse && by !== 'rank' ? [last, first] : [first, last];
  if (by === 'rank') {
    const [from, to] = [int(low), int(high)];
    return (sorted) => {
      const all = reverse ? [...sorted.ordered()].reverse() : sorted.ordered();
      return all.slice(...rankSpan(sorted.size, from, to));
    };
  }
  if (by === 'lex') {
    const [min, max] = [lexBound(low), lexBound(high)];
    return (sorted, offset) => lexRun(sorted, min, max, reverse, offset);
  }
  const [min, max] = [bound(low), bound(high)];
  return (sorted, offset = 0) => {
    const found = sorted.ordered().slice(...scoreSpan(sorted, min, max));
    return (reverse ? found.reverse() : found).slice(offset);
  };
}

/** @param args command, key, first, last, options */
function selected(client: Session, args: readonly string[], options: RangeWords): Scored[] {
  const select = selection(options, args[2] as string, args[3] as string);
  const sorted = readSorted(client, args);
  const [offset, count] = options.by === 'rank' ? [0, -1] : (options.limit ?? [0, -1]);
  const found = sorted && offset >= 0 ? select(sorted, offset) : [];
  return found.slice(0, count < 0 ? undefined : count);
}

const range =
  (start: RangeWords) =>
  (client: Session, args: readonly string[]): string => {
    const options = rangeWords(args, start, true);
    return membersReply(client, selected(client, args, options), options.withScores);
  };

function rangeStore(client: Session, args: readonly string[]): string {
  const source = args.slice(1);
  const found = selected(client, source, rangeWords(source, GENERAL, false));
  return storeMembers(client, args[1] as string, found, 'zrangestore');
}

// ---- counting and removing

const count =
  (by: 'score' | 'lex') =>
  (client: Session, args: readonly string[]): string => {
    const select = selection({ ...PLAIN, by }, args[2] as string, args[3] as string);
    const sorted = readSorted(client, args);
    return integer(sorted ? select(sorted).length : 0);
  };

const removeRange =
  (by: RangeWords['by'], event: string) =>
  (client: Session, args: readonly string[]): string => {
    const [, key, first, last] = args as [string, string, string, string];
    const select = selection({ ...PLAIN, by }, first, last);
    const sorted = client.door.broker.keyspace.writableAs(client.db, key, SortedSetValue);
    const members = sorted ? select(sorted).map(({ member }) => member) : [];
    return integer(removeMembers(client, key, members, event));
  };

const categories = ['sortedset'];
const define = definer(categories);
const PLAIN: RangeWords = { general: false, by: 'rank', reverse: false, withScores: false };
const GENERAL: RangeWords = { ...PLAIN, general: true };

export const sortedSetRangeCommands: readonly Command[] = [
  define('zrange -4 r', range(GENERAL)),
  define('zrevrange -4 r', range({ ...PLAIN, reverse: true })),
  define('zrangebyscore -4 r', range({ ...PLAIN, by: 'score' })),
  define('zrevrangebyscore -4 r', range({ ...PLAIN, by: 'score', reverse: true })),
  define('zrangebylex -4 r', range({ ...PLAIN, by: 'lex' })),
  define('zrevrangebylex -4 r', range({ ...PLAIN, by: 'lex', reverse: true })),
  define('zrangestore -5 mw', rangeStore),
  define('zcount 4 Fr', count('score')),
  define('zlexcount 4 Fr', count('lex')),
  define('zremrangebyscore 4 w', removeRange('score', 'zremrangebyscore')),
  define('zremrangebyrank 4 w', removeRange('rank', 'zremrangebyrank')),
  define('zremrangebylex 4 w', removeRange('lex', 'zremrangebylex')),
];
