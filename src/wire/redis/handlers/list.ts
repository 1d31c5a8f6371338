/**
 * Lists.
 *
 * @see https://redis.io/docs/latest/commands/?group=list
 */
import { ListValue, NO_SUCH_KEY, RedisError, type Side, SYNTAX_ERROR } from '../../../models/redis/index.js';
import { type Command, definer } from '../handler.js';
import { array, bulk, bulkOrNull, bulks, EMPTY_ARRAY, integer, nullArray, nullBulk, OK } from '../reply.js';
import type { Session } from '../session.js';
import { elementCount, int, nonNegativeInt } from './number.js';

const keyspaceOf = (client: Session) => client.door.broker.keyspace;
const letter = (side: Side): string => (side === 'left' ? 'l' : 'r');

const readList = (client: Session, args: readonly string[]): ListValue | undefined =>
  keyspaceOf(client).readAs(client.db, args[1] as string, ListValue);

const writableList = (client: Session, key: string): ListValue | undefined =>
  keyspaceOf(client).writableAs(client.db, key, ListValue);

/** Pushes and fires the event. @param reply what is written before it, from the new length */
export function pushItems(
  client: Session,
  key: string,
  side: Side,
  items: readonly string[],
  reply: (length: number) => string = () => '',
): void {
  const keyspace = keyspaceOf(client);
  const list = keyspace.ensure(client.db, key, ListValue);
  keyspace.update(client.db, key, list, () => {
    for (const item of items) list.push(side, item);
  });
  client.reply(reply(list.length));
  keyspace.notify(client.db, 'l', `${letter(side)}push`, key);
}

/** Pops up to `count` items of a list that has one, and fires the events. @param reply what is written before them */
export function popItems(
  client: Session,
  key: string,
  list: ListValue,
  side: Side,
  count: number,
  reply: (items: readonly string[]) => string = () => '',
): string[] {
  const keyspace = keyspaceOf(client);
  const items: string[] = [];
  keyspace.update(client.db, key, list, () => {
    while (items.length < count && !list.isEmpty) items.push(list.pop(side) as string);
  });
  client.reply(reply(items));
  keyspace.notify(client.db, 'l', `${letter(side)}pop`, key);
  keyspace.removeIfEmpty(client.db, key, list);
  return items;
}

const push =
  (side: Side, onlyExisting: boolean) =>
  (client: Session, args: readonly string[]): string => {
    const key = args[1] as string;
    if (onlyExisting && !writableList(client, key)) return integer(0);
    pushItems(client, key, side, args.slice(2), integer);
    return '';
  };

const pop =
  (side: Side) =>
  (client: Session, args: readonly string[]): string => {
    if (args.length > 3) throw new RedisError(`ERR wrong number of arguments for '${letter(side)}pop' command`);
    const key = args[1] as string;
    const count = args[2] === undefined ? undefined : elementCount(args[2]);
    const list = writableList(client, key);
    if (!list) return count === undefined ? nullBulk(client.protocol) : nullArray(client.protocol);
    if (count === 0) return EMPTY_ARRAY;
    popItems(client, key, list, side, count ?? 1, (items) =>
      count === undefined ? bulk(items[0] as string) : bulks(items),
    );
    return '';
  };

/** Positions `from` up to, not including, `to`, out of Redis's inclusive ones that may count from the end. */
function span(length: number, first: number, last: number): readonly [from: number, to: number] {
  const from = Math.max(first < 0 ? first + length : first, 0);
  return [from, Math.min((last < 0 ? last + length : last) + 1, length)];
}

function range(client: Session, args: readonly string[]): string {
  const first = int(args[2] as string);
  const last = int(args[3] as string);
  const list = readList(client, args);
  if (!list) return EMPTY_ARRAY;
  const [from, to] = span(list.length, first, last);
  return from >= to ? EMPTY_ARRAY : bulks(list.slice(from, to));
}

function trim(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const key = args[1] as string;
  const first = int(args[2] as string);
  const last = int(args[3] as string);
  const list = writableList(client, key);
  if (!list) return OK;
  const [from, to] = span(list.length, first, last);
  keyspace.update(client.db, key, list, () => list.trim(from, to));
  keyspace.notify(client.db, 'l', 'ltrim', key);
  keyspace.removeIfEmpty(client.db, key, list);
  return OK;
}

function index(client: Session, args: readonly string[]): string {
  const list = readList(client, args);
  if (!list) return nullBulk(client.protocol);
  const at = int(args[2] as string);
  return bulkOrNull(list.at(at < 0 ? at + list.length : at), client.protocol);
}

function setAt(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const key = args[1] as string;
  const list = writableList(client, key);
  if (!list) throw new RedisError(NO_SUCH_KEY);
  const given = int(args[2] as string);
  const at = given < 0 ? given + list.length : given;
  if (list.at(at) === undefined) throw new RedisError('ERR index out of range');
  keyspace.update(client.db, key, list, () => list.replace(at, args[3] as string));
  client.reply(OK);
  keyspace.notify(client.db, 'l', 'lset', key);
  return '';
}

function remove(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const [, key, countText, item] = args as [string, string, string, string];
  const count = int(countText);
  const list = writableList(client, key);
  if (!list) return integer(0);
  const items = list.slice(0, list.length);
  const positions = items.flatMap((present, at) => (present === item ? [at] : []));
  const chosen = count === 0 ? positions : count > 0 ? positions.slice(0, count) : positions.slice(count);
  if (chosen.length === 0) return integer(0);
  keyspace.update(client.db, key, list, () => {
    for (const at of chosen.reverse()) list.removeAt(at);
  });
  keyspace.notify(client.db, 'l', 'lrem', key);
  keyspace.removeIfEmpty(client.db, key, list);
  return integer(chosen.length);
}

function insert(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const [, key, where, pivot, item] = args as [string, string, string, string, string];
  if (!/^(before|after)$/i.test(where)) throw new RedisError(SYNTAX_ERROR);
  const list = writableList(client, key);
  if (!list) return integer(0);
  const at = list.slice(0, list.length).indexOf(pivot);
  if (at === -1) return integer(-1);
  keyspace.update(client.db, key, list, () => list.insert(/^after$/i.test(where) ? at + 1 : at, item));
  keyspace.notify(client.db, 'l', 'linsert', key);
  return integer(list.length);
}

interface PositionWords {
  rank: number;
  count: number | undefined;
  mostCompared: number;
}

/** @throws RedisError */
function positionWords(args: readonly string[]): PositionWords {
  const options: PositionWords = { rank: 1, count: undefined, mostCompared: 0 };
  for (let i = 3; i < args.length; i += 2) {
    const word = (args[i] as string).toLowerCase();
    const given = args[i + 1];
    if (given === undefined) throw new RedisError(SYNTAX_ERROR);
    if (word === 'rank') {
      options.rank = int(given);
      if (options.rank === 0) {
        throw new RedisError(
          "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to " +
            'start from the end of the list',
        );
      }
    } else if (word === 'count') options.count = nonNegativeInt(given, "ERR COUNT can't be negative");
    else if (word === 'maxlen') options.mostCompared = nonNegativeInt(given, "ERR MAXLEN can't be negative");
    else throw new RedisError(SYNTAX_ERROR);
  }
  return options;
}

function positions(client: Session, args: readonly string[]): string {
  const { rank, count, mostCompared } = positionWords(args);
  const list = readList(client, args);
  const length = list?.length ?? 0;
  const most = mostCompared === 0 ? length : Math.min(mostCompared, length);
  const wanted = count === undefined ? 1 : count === 0 ? Infinity : count;
  const found: number[] = [];
  let matches = 0;
  for (let i = 0; i < most && found.length < wanted; i++) {
    const at = rank < 0 ? length - 1 - i : i;
    if (list?.at(at) === args[2] && ++matches >= Math.abs(rank)) found.push(at);
  }
  if (count !== undefined) return array(found.map(integer));
  return found[0] === undefined ? nullBulk(client.protocol) : integer(found[0]);
}

/** @throws RedisError */
export function sideOf(word: string | undefined): Side {
  const side = word?.toLowerCase();
  if (side !== 'left' && side !== 'right') throw new RedisError(SYNTAX_ERROR);
  return side;
}

/** Which item goes where. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly out: Side;
  readonly into: Side;
}

/**
 * Moves an item between lists that may be the same; undefined when the source has none.
 *
 * @param reply what is written between the events of the two lists
 */
export function moveItem(
  client: Session,
  { from, to, out, into }: Move,
  reply: (item: string) => string = () => '',
): string | undefined {
  const keyspace = keyspaceOf(client);
  const source = writableList(client, from);
  if (!source) return undefined;
  writableList(client, to);
  const item = source.at(out === 'left' ? 0 : source.length - 1) as string;
  if (from === to) {
    keyspace.update(client.db, from, source, () => {
      source.pop(out);
      source.push(into, item);
    });
    keyspace.notify(client.db, 'l', `${letter(into)}push`, to);
    client.reply(reply(item));
    keyspace.notify(client.db, 'l', `${letter(out)}pop`, from);
    return item;
  }
  pushItems(client, to, into, [item]);
  popItems(client, from, source, out, 1, () => reply(item));
  return item;
}

function move(client: Session, args: readonly string[], out: Side, into: Side): string {
  const [, from, to] = args as [string, string, string];
  return moveItem(client, { from, to, out, into }, bulk) === undefined ? nullBulk(client.protocol) : '';
}

const categories = ['list'];
const define = definer(categories);

export const listCommands: readonly Command[] = [
  define('lpush -3 Fmw', push('left', false)),
  define('rpush -3 Fmw', push('right', false)),
  define('lpushx -3 Fmw', push('left', true)),
  define('rpushx -3 Fmw', push('right', true)),
  define('lpop -2 Fw', pop('left')),
  define('rpop -2 Fw', pop('right')),
  define('llen 2 Fr', (client, args) => integer(readList(client, args)?.length ?? 0)),
  define('lrange 4 r', range),
  define('lindex 3 r', index),
  define('lpos -3 r', positions),
  define('lset 4 mw', setAt),
  define('lrem 4 w', remove),
  define('ltrim 4 w', trim),
  define('linsert 5 mw', insert),
  define('lmove 5 mw', (client, args) => move(client, args, sideOf(args[3]), sideOf(args[4]))),
  define('rpoplpush 3 mw', (client, args) => move(client, args, 'right', 'left')),
];
