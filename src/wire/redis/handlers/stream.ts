/**
 * Streams: adding, reading ranges, deleting, trimming.
 *
 * @see https://redis.io/docs/latest/commands/?group=stream
 */
import {
  chooseStreamId,
  formatStreamId,
  MAX_STREAM_ID,
  MIN_STREAM_ID,
  NO_SUCH_KEY,
  type NodeBounds,
  parseRangeEnd,
  parseRangeStart,
  parseStreamId,
  parseWantedId,
  RedisError,
  StreamValue,
  SYNTAX_ERROR,
  type Trim,
  type WantedId,
} from '../../../models/redis/index.js';
import { type Command, definer } from '../handler.js';
import { bulk, EMPTY_ARRAY, integer, nullArray, nullBulk, OK } from '../reply.js';
import type { Session } from '../session.js';
import { int } from './number.js';
import { entriesReply } from './stream-reply.js';

const keyspaceOf = (client: Session) => client.door.broker.keyspace;

function nodeBounds(client: Session): NodeBounds {
  const { config } = client.door.broker;
  return { entries: config.number('stream-node-max-entries'), bytes: config.number('stream-node-max-bytes') };
}

interface AddOrTrim {
  keep?: Trim['keep'];
  approximate: boolean;
  limit?: number;
  makeStream: boolean;
  id?: WantedId;
  /** Position of the first argument behind the options. */
  next: number;
}

/** Nodes that one approximate trimming may drop when the client gives no LIMIT. */
const NODES_PER_TRIM = 100;
const LARGEST_TRIM = 1_000_000;
const FALLBACK_TRIM = 10_000;

/** Options of XADD (with an identifier behind them) and XTRIM. @throws RedisError */
function addOrTrimOptions(args: readonly string[], adds: boolean): AddOrTrim {
  const options: AddOrTrim = { approximate: false, makeStream: true, next: args.length };
  for (let i = 2; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    const more = args.length - 1 - i;
    if ((word === 'maxlen' || word === 'minid') && more > 0) {
      if (options.keep) {
        throw new RedisError('ERR syntax error, MAXLEN and MINID options at the same time are not compatible');
      }
      options.approximate = more > 1 && args[i + 1] === '~';
      if (more > 1 && (args[i + 1] === '~' || args[i + 1] === '=')) i++;
      const threshold = args[++i] as string;
      options.keep = word === 'minid' ? { minId: parseStreamId(threshold) } : { length: int(threshold) };
      if ('length' in options.keep && options.keep.length < 0) {
        throw new RedisError('ERR The MAXLEN argument must be >= 0.');
      }
    } else if (word === 'limit' && more > 0) {
      options.limit = int(args[++i] as string);
      if (options.limit < 0) throw new RedisError('ERR The LIMIT argument must be >= 0.');
    } else if (adds && word === 'nomkstream') {
      options.makeStream = false;
    } else if (adds) {
      options.id = parseWantedId(args[i] as string);
      options.next = i + 1;
      break;
    } else throw new RedisError(SYNTAX_ERROR);
  }
  checkLimitOption(options, adds);
  return options;
}

function checkLimitOption(options: AddOrTrim, adds: boolean): void {
  if (options.limit && !options.keep) {
    throw new RedisError('ERR syntax error, LIMIT cannot be used without specifying a trimming strategy');
  }
  if (!adds && !options.keep) {
    throw new RedisError('ERR syntax error, XTRIM must be called with a trimming strategy');
  }
  if (options.limit !== undefined && !options.approximate) {
    throw new RedisError('ERR syntax error, LIMIT cannot be used without the special ~ option');
  }
}

/** What is to be trimmed, with Redis's own bound on the work of an approximate trimming. */
function trimOf(client: Session, options: AddOrTrim): Trim | undefined {
  const { keep, approximate } = options;
  if (!keep) return undefined;
  const usual = NODES_PER_TRIM * nodeBounds(client).entries;
  const limit = options.limit ?? (usual <= 0 ? FALLBACK_TRIM : Math.min(usual, LARGEST_TRIM));
  return { keep, approximate, limit: approximate ? limit : 0 };
}

function xadd(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const key = args[1] as string;
  const options = addOrTrimOptions(args, true);
  const fields = args.slice(options.next);
  if (!options.id || fields.length < 2 || fields.length % 2 === 1) {
    throw new RedisError("ERR wrong number of arguments for 'xadd' command");
  }
  if (options.id !== 'next' && 'id' in options.id && options.id.id === MIN_STREAM_ID) {
    throw new RedisError('ERR The ID specified in XADD must be greater than 0-0');
  }
  const present = keyspace.writableAs(client.db, key, StreamValue);
  if (!present && !options.makeStream) return nullBulk(client.protocol);
  const last = present?.lastId ?? MIN_STREAM_ID;
  if (last === MAX_STREAM_ID) {
    throw new RedisError('ERR The stream has exhausted the last possible ID, unable to add more items');
  }
  const id = chooseStreamId(options.id, last, client.door.now);
  if (id === undefined) {
    throw new RedisError('ERR The ID specified in XADD is equal or smaller than the target stream top item');
  }
  const stream = present ?? keyspace.ensure(client.db, key, StreamValue);
  keyspace.update(client.db, key, stream, () => stream.append({ id, fields }, nodeBounds(client)));
  client.reply(bulk(formatStreamId(id)));
  keyspace.notify(client.db, 't', 'xadd', key);
  const trim = trimOf(client, options);
  if (trim) trimStream(client, key, stream, trim);
  keyspace.blocking.signal(client.db, key);
  return '';
}

function trimStream(client: Session, key: string, stream: StreamValue, trim: Trim): number {
  const keyspace = keyspaceOf(client);
  const before = stream.length;
  keyspace.update(client.db, key, stream, () => stream.trim(trim) > 0);
  const removed = before - stream.length;
  if (removed > 0) keyspace.notify(client.db, 't', 'xtrim', key);
  return removed;
}

function xtrim(client: Session, args: readonly string[]): string {
  const trim = trimOf(client, addOrTrimOptions(args, false)) as Trim;
  const key = args[1] as string;
  const stream = keyspaceOf(client).writableAs(client.db, key, StreamValue);
  return integer(stream ? trimStream(client, key, stream, trim) : 0);
}

const range =
  (backwards: boolean) =>
  (client: Session, args: readonly string[]): string => {
    const start = parseRangeStart(args[backwards ? 3 : 2] as string);
    const end = parseRangeEnd(args[backwards ? 2 : 3] as string);
    let count: number | undefined;
    for (let i = 4; i < args.length; i += 2) {
      if (args[i]?.toLowerCase() !== 'count' || i + 1 >= args.length) throw new RedisError(SYNTAX_ERROR);
      count = Math.max(int(args[i + 1] as string), 0);
    }
    const stream = keyspaceOf(client).readAs(client.db, args[1] as string, StreamValue);
    if (!stream) return EMPTY_ARRAY;
    if (count === 0) return nullArray(client.protocol);
    return entriesReply(backwards ? stream.reverseRange(start, end, count) : stream.range(start, end, count));
  };

function xdel(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const key = args[1] as string;
  const stream = keyspace.writableAs(client.db, key, StreamValue);
  if (!stream) return integer(0);
  const ids = args.slice(2).map((text) => parseStreamId(text));
  if (!ids.some((id) => stream.get(id))) return integer(0);
  const before = stream.length;
  keyspace.update(client.db, key, stream, () => {
    for (const id of ids) stream.delete(id);
  });
  keyspace.notify(client.db, 't', 'xdel', key);
  return integer(before - stream.length);
}

function xsetid(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const key = args[1] as string;
  const id = parseStreamId(args[2] as string);
  let added: number | undefined;
  let deleted = MIN_STREAM_ID;
  for (let i = 3; i < args.length; i += 2) {
    const word = (args[i] as string).toLowerCase();
    const value = args[i + 1];
    if (value === undefined) throw new RedisError(SYNTAX_ERROR);
    if (word === 'entriesadded') {
      added = int(value);
      if (added < 0) throw new RedisError('ERR entries_added must be positive');
    } else if (word === 'maxdeletedid') {
      deleted = parseStreamId(value);
      if (id < deleted) {
        throw new RedisError('ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id');
      }
    } else throw new RedisError(SYNTAX_ERROR);
  }
  const stream = keyspace.writableAs(client.db, key, StreamValue);
  if (!stream) throw new RedisError(NO_SUCH_KEY);
  if (client.door.broker.version !== '7.0' && id < stream.maxDeletedId) {
    throw new RedisError('ERR The ID specified in XSETID is smaller than current max_deleted_entry_id');
  }
  checkNewLastId(stream, id, added);
  stream.lastId = id;
  if (added !== undefined) stream.entriesAdded = added;
  if (deleted !== MIN_STREAM_ID) stream.maxDeletedId = deleted;
  client.reply(OK);
  keyspace.notify(client.db, 't', 'xsetid', key);
  return '';
}

function checkNewLastId(stream: StreamValue, id: bigint, added: number | undefined): void {
  if (stream.lastEntryId === undefined) return;
  if (id < stream.lastEntryId) {
    throw new RedisError('ERR The ID specified in XSETID is smaller than the target stream top item');
  }
  if (added !== undefined && stream.length > added) {
    throw new RedisError('ERR The entries_added specified in XSETID is smaller than the target stream length');
  }
}

const categories = ['stream'];
const define = definer(categories);

export const streamCommands: readonly Command[] = [
  define('xadd -5 Fmw', xadd),
  define('xlen 2 Fr', (client, args) =>
    integer(keyspaceOf(client).readAs(client.db, args[1] as string, StreamValue)?.length ?? 0),
  ),
  define('xrange -4 r', range(false)),
  define('xrevrange -4 r', range(true)),
  define('xdel -3 Fw', xdel),
  define('xtrim -4 w', xtrim),
  define('xsetid -3 Fmw', xsetid),
];
