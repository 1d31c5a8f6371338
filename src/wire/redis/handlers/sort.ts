/**
 * SORT: the elements of a list, set or sorted set in the order of their numbers or texts, or of those in other keys.
 *
 * Texts are compared byte by byte, as Redis does in the C locale.
 *
 * @see https://redis.io/docs/latest/commands/sort/
 */
import {
  HashValue,
  ListValue,
  RedisError,
  type RedisValue,
  SetValue,
  SortedSetValue,
  SYNTAX_ERROR,
  WRONG_TYPE,
} from '../../../models/redis/index.js';
import { type Command, command } from '../handler.js';
import type { KeyReference } from '../key-spec.js';
import { mayReadAnyKey } from '../permission.js';
import { array, bulkOrNull, integer } from '../reply.js';
import type { Session } from '../session.js';
import { int, parseFloat64 } from './number.js';

interface SortOptions {
  descending: boolean;
  alpha: boolean;
  offset: number;
  count: number;
  by?: string;
  readonly gets: string[];
  store?: string;
}

/** Keys that patterns name are not known beforehand. @throws RedisError */
function checkPattern(client: Session, args: readonly string[], option: 'BY' | 'GET'): void {
  const mode = client.door.broker.version === '7.0' ? 'Cluster' : 'cluster';
  if (client.door.broker.clusterEnabled) throw new RedisError(`ERR ${option} option of SORT denied in ${mode} mode.`);
  const sorting = client.door.commands.get((args[0] as string).toLowerCase()) as Command;
  if (!mayReadAnyKey(client.user, sorting, args)) {
    throw new RedisError(`ERR ${option} option of SORT denied due to insufficient ACL permissions.`);
  }
}

/** @throws RedisError */
function optionsOf(client: Session, args: readonly string[], mayStore: boolean): SortOptions {
  const options: SortOptions = { descending: false, alpha: false, offset: 0, count: -1, gets: [] };
  for (let i = 2; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    const left = args.length - i - 1;
    if (word === 'asc' || word === 'desc') options.descending = word === 'desc';
    else if (word === 'alpha') options.alpha = true;
    else if (word === 'limit' && left >= 2) {
      options.offset = int(args[++i] as string);
      options.count = int(args[++i] as string);
    } else if (word === 'store' && mayStore && left >= 1) options.store = args[++i] as string;
    else if (word === 'by' && left >= 1) {
      options.by = args[++i] as string;
      if (options.by.includes('*')) checkPattern(client, args, 'BY');
    } else if (word === 'get' && left >= 1) {
      checkPattern(client, args, 'GET');
      options.gets.push(args[++i] as string);
    } else throw new RedisError(SYNTAX_ERROR);
  }
  return options;
}

/** @throws RedisError WRONGTYPE */
function elementsOf(value: RedisValue | undefined): string[] {
  if (value === undefined) return [];
  if (value instanceof ListValue) return value.slice(0, value.length);
  if (value instanceof SetValue) return value.members().slice();
  if (value instanceof SortedSetValue) return value.ordered().map(({ member }) => member);
  throw new RedisError(WRONG_TYPE);
}

/** What a pattern leads to for an element: the element for `#`, a string, or a hash's field behind `->`. */
function referred(client: Session, pattern: string, element: string): string | undefined {
  if (pattern === '#') return element;
  const star = pattern.indexOf('*');
  if (star === -1) return undefined;
  const arrow = pattern.indexOf('->', star + 1);
  const keyEnd = arrow === -1 || arrow + 2 === pattern.length ? pattern.length : arrow;
  const key = pattern.slice(0, star) + element + pattern.slice(star + 1, keyEnd);
  const value = client.door.broker.keyspace.read(client.db, key)?.value;
  if (keyEnd < pattern.length) return value instanceof HashValue ? value.get(pattern.slice(keyEnd + 2)) : undefined;
  return typeof value === 'string' ? value : undefined;
}

const inBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** @throws RedisError when a weight is no number */
function sorted(client: Session, elements: readonly string[], { by, alpha, descending }: SortOptions): string[] {
  const weighed = elements.map((element) => {
    const weight = by === undefined ? element : referred(client, by, element);
    // As C reads numbers: nothing is 0, and blanks may stand before one.
    const score = alpha || !weight ? 0 : parseFloat64(weight.trimStart());
    return { element, weight, score };
  });
  if (weighed.some(({ score }) => score === undefined)) {
    throw new RedisError("ERR One or more scores can't be converted into double");
  }
  const direction = descending ? -1 : 1;
  weighed.sort((a, b) => {
    if (!alpha) return direction * ((a.score as number) - (b.score as number) || inBytes(a.element, b.element));
    if (a.weight === undefined || b.weight === undefined) {
      return direction * (Number(a.weight !== undefined) - Number(b.weight !== undefined));
    }
    return direction * inBytes(a.weight, b.weight);
  });
  return weighed.map(({ element }) => element);
}

function ordered(client: Session, value: RedisValue | undefined, options: SortOptions): string[] {
  const elements = elementsOf(value);
  if (options.by === undefined || options.by.includes('*')) return sorted(client, elements, options);
  // A pattern without a star sorts nothing, but what is stored has to have an order that can be told again.
  if (value instanceof SetValue && (options.store !== undefined || client.scripted)) {
    return sorted(client, elements, { descending: options.descending, alpha: true, offset: 0, count: -1, gets: [] });
  }
  return !(value instanceof SetValue) && options.descending ? elements.reverse() : elements;
}

const sort =
  (mayStore: boolean) =>
  (client: Session, args: readonly string[]): string => {
    const { keyspace } = client.door.broker;
    const options = optionsOf(client, args, mayStore);
    const value = keyspace.read(client.db, args[1] as string)?.value;
    // Redis sorts no packed set: it unpacks one first.
    if (value instanceof SortedSetValue) value.encoding = 'skiplist';
    const all = ordered(client, value, options);
    const from = Math.max(options.offset, 0);
    const found = all.slice(from, options.count < 0 ? undefined : from + options.count);
    const { gets, store } = options;
    const values: Array<string | undefined> =
      gets.length === 0 ? found : found.flatMap((element) => gets.map((get) => referred(client, get, element)));
    if (store === undefined) return array(values.map((value) => bulkOrNull(value, client.protocol)));
    if (values.length === 0) keyspace.delete(client.db, store);
    else {
      keyspace.set(client.db, store, ListValue.load(values.map((value) => value ?? '')));
      keyspace.notify(client.db, 'l', 'sortstore', store);
    }
    return integer(values.length);
  };

const READ = { at: 1, flags: ['RO', 'access'] };

/** The keys of SORT that can be told: what is sorted, and where it goes; the last STORE counts. */
function sortKeys(args: readonly string[]): KeyReference[] {
  let storeAt: number | undefined;
  for (let i = 2; i < args.length; i++) {
    const word = args[i]?.toLowerCase();
    if (word === 'limit') i += 2;
    else if (word === 'get' || word === 'by') i++;
    else if (word === 'store' && i + 1 < args.length) storeAt = ++i;
  }
  return storeAt === undefined ? [READ] : [READ, { at: storeAt, flags: ['OW', 'update'] }];
}

const categories = ['set', 'sortedset', 'list', 'dangerous'];

export const sortCommands: readonly Command[] = [
  command('sort -2 mwv', { categories, findKeys: sortKeys, run: sort(true) }),
  command('sort_ro -2 rv', { categories, findKeys: () => [READ], run: sort(false) }),
];
