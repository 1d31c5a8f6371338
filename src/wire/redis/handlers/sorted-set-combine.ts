/**
 * Unions, intersections and differences of sorted sets; the members of sets count with a score of 1.
 *
 * @see https://redis.io/docs/latest/commands/zunionstore/
 */
import {
  RedisError,
  type Scored,
  SetValue,
  SortedSetValue,
  SYNTAX_ERROR,
  WRONG_TYPE,
} from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import { integer } from '../reply.js';
import type { Session } from '../session.js';
import { int, nonNegativeInt, parseFloat64 } from './number.js';
import { membersReply, storeMembers } from './sorted-set.js';

type Operation = 'union' | 'inter' | 'diff';
type Scores = ReadonlyMap<string, number>;

const AGGREGATES = {
  sum: (a: number, b: number) => a + b,
  min: Math.min,
  max: Math.max,
} as const;

interface CombineWords {
  weights: readonly number[];
  aggregate: keyof typeof AGGREGATES;
  withScores: boolean;
  limit: number;
}

/** What a command may say behind its keys. */
interface Allowed {
  readonly weights: boolean;
  readonly withScores: boolean;
  readonly limit: boolean;
}

/** @throws RedisError */
function combineWords(words: readonly string[], keyCount: number, allowed: Allowed): CombineWords {
  const options: CombineWords = {
    weights: new Array<number>(keyCount).fill(1),
    aggregate: 'sum',
    withScores: false,
    limit: 0,
  };
  for (let i = 0; i < words.length; i++) {
    const word = (words[i] as string).toLowerCase();
    const left = words.length - i - 1;
    if (word === 'weights' && allowed.weights && left >= keyCount) {
      options.weights = words.slice(i + 1, i + 1 + keyCount).map(weightOf);
      i += keyCount;
    } else if (word === 'aggregate' && allowed.weights && left >= 1) {
      const name = (words[++i] as string).toLowerCase();
      if (!Object.hasOwn(AGGREGATES, name)) throw new RedisError(SYNTAX_ERROR);
      options.aggregate = name as keyof typeof AGGREGATES;
    } else if (word === 'withscores' && allowed.withScores) options.withScores = true;
    else if (word === 'limit' && allowed.limit && left >= 1) {
      options.limit = nonNegativeInt(words[++i] as string, "ERR LIMIT can't be negative");
    } else throw new RedisError(SYNTAX_ERROR);
  }
  return options;
}

function weightOf(text: string): number {
  const weight = parseFloat64(text);
  if (weight === undefined) throw new RedisError('ERR weight value is not a float');
  return weight;
}

/** @throws RedisError WRONGTYPE */
function scoresOf(client: Session, key: string): Scores {
  const value = client.door.broker.keyspace.read(client.db, key)?.value;
  if (value === undefined) return new Map();
  if (value instanceof SetValue) return new Map(value.members().map((member) => [member, 1]));
  if (value instanceof SortedSetValue) return new Map(value.ordered().map(({ member, score }) => [member, score]));
  throw new RedisError(WRONG_TYPE);
}

/** Infinities that cancel each other out, or are taken no times, make nothing. */
const orZero = (score: number): number => (Number.isNaN(score) ? 0 : score);

function combine(operation: Operation, sources: readonly Scores[], options: CombineWords): Map<string, number> {
  const [first, ...rest] = sources as [Scores, ...Scores[]];
  if (operation === 'diff') {
    return new Map([...first].filter(([member]) => !rest.some((source) => source.has(member))));
  }
  const aggregate = AGGREGATES[options.aggregate];
  const found = new Map<string, number>();
  // The smallest first, as the last bits of sums depend on the order.
  const weighed = sources
    .map((source, i) => ({ source, weight: options.weights[i] as number }))
    .sort((a, b) => a.source.size - b.source.size);
  for (const { source, weight } of weighed) {
    for (const [member, score] of source) {
      if (operation === 'inter' && !sources.every((other) => other.has(member))) continue;
      const value = orZero(weight * score);
      const present = found.get(member);
      found.set(member, present === undefined ? value : orZero(aggregate(present, value)));
    }
  }
  return found;
}

/** @param args from the number of keys on */
function combined(
  client: Session,
  name: string,
  args: readonly string[],
  operation: Operation,
  allowed: Allowed,
): { members: readonly Scored[]; options: CombineWords } {
  const keyCount = int(args[0] as string);
  if (keyCount < 1) throw new RedisError(`ERR at least 1 input key is needed for '${name}' command`);
  if (keyCount > args.length - 1) throw new RedisError(SYNTAX_ERROR);
  const sources = args.slice(1, keyCount + 1).map((key) => scoresOf(client, key));
  const options = combineWords(args.slice(keyCount + 1), keyCount, allowed);
  const members = SortedSetValue.load([...combine(operation, sources, options)]).ordered();
  return { members, options };
}

const weighable = (operation: Operation): boolean => operation !== 'diff';

const answer =
  (operation: Operation) =>
  (client: Session, args: readonly string[]): string => {
    const allowed = { weights: weighable(operation), withScores: true, limit: false };
    const { members, options } = combined(client, `z${operation}`, args.slice(1), operation, allowed);
    return membersReply(client, members, options.withScores);
  };

const store =
  (operation: Operation) =>
  (client: Session, args: readonly string[]): string => {
    const name = `z${operation}store`;
    const allowed = { weights: weighable(operation), withScores: false, limit: false };
    const { members } = combined(client, name, args.slice(2), operation, allowed);
    return storeMembers(client, args[1] as string, members, name);
  };

function cardinality(client: Session, args: readonly string[]): string {
  const allowed = { weights: false, withScores: false, limit: true };
  const { members, options } = combined(client, 'zintercard', args.slice(1), 'inter', allowed);
  return integer(options.limit === 0 ? members.length : Math.min(options.limit, members.length));
}

const categories = ['sortedset'];

export const sortedSetCombineCommands: readonly Command[] = [
  command('zunion -3 rv', { categories, run: answer('union') }),
  command('zinter -3 rv', { categories, run: answer('inter') }),
  command('zdiff -3 rv', { categories, run: answer('diff') }),
  command('zintercard -3 rv', { categories, run: cardinality }),
  command('zunionstore -4 mwv', { categories, run: store('union') }),
  command('zinterstore -4 mwv', { categories, run: store('inter') }),
  command('zdiffstore -4 mwv', { categories, run: store('diff') }),
];
