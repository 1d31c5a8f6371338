/**
 * XREAD and XREADGROUP: reading several streams at once, waiting for what is to come.
 *
 * @see https://redis.io/docs/latest/commands/xread/, https://redis.io/docs/latest/commands/xreadgroup/
 */
import {
  type ConsumerGroup,
  type HistoryEntry,
  MAX_STREAM_ID,
  MIN_STREAM_ID,
  parseStreamId,
  RedisError,
  type RedisValue,
  readHistory,
  readNew,
  type StreamId,
  StreamValue,
  SYNTAX_ERROR,
  WRONG_TYPE,
} from '../../../models/redis/index.js';
import { block } from '../blocking.js';
import { type Command, command, type Reply } from '../handler.js';
import { array, error, nullArray } from '../reply.js';
import type { Session } from '../session.js';
import { int } from './number.js';
import { consumerOf } from './stream-group.js';
import { deletedEntryReply, entriesReply, entryReply, streamHead, streamsHead, streamsReply } from './stream-reply.js';
import { parseTimeoutMs } from './timeout.js';

/** Entries that a blocked reader gets at the most when it named no COUNT. */
const BLOCKED_COUNT = 1000;

interface GroupNames {
  readonly group: string;
  readonly consumer: string;
}

interface ReadOptions {
  blockMs?: number;
  /** 0 is no bound. */
  count: number;
  noAck: boolean;
  names?: GroupNames;
  keys: readonly string[];
  ids: readonly string[];
}

/** @throws RedisError */
function readOptions(client: Session, args: readonly string[], grouped: boolean): ReadOptions {
  const options: ReadOptions = { count: 0, noAck: false, keys: [], ids: [] };
  for (let i = 1; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    const more = args.length - 1 - i;
    if (word === 'block' && more > 0) {
      if (client.scripted) {
        throw new RedisError(`ERR ${args[0]} command is not allowed with BLOCK option from scripts`);
      }
      options.blockMs = parseTimeoutMs(args[++i] as string, 'milliseconds');
    } else if (word === 'count' && more > 0) options.count = Math.max(int(args[++i] as string), 0);
    else if (word === 'streams' && more > 0) {
      splitStreams(client, options, args.slice(i + 1), grouped);
      break;
    } else if (word === 'group' && more > 1) {
      if (!grouped) throw onlyGrouped('GROUP');
      options.names = { group: args[i + 1] as string, consumer: args[i + 2] as string };
      i += 2;
    } else if (word === 'noack') {
      if (!grouped) throw onlyGrouped('NOACK');
      options.noAck = true;
    } else throw new RedisError(SYNTAX_ERROR);
  }
  if (options.keys.length === 0) throw new RedisError(SYNTAX_ERROR);
  if (grouped && !options.names) throw new RedisError('ERR Missing GROUP option for XREADGROUP');
  return options;
}

function onlyGrouped(option: string): RedisError {
  return new RedisError(`ERR The ${option} option is only supported by XREADGROUP. You called XREAD instead.`);
}

function splitStreams(client: Session, options: ReadOptions, rest: readonly string[], grouped: boolean): void {
  if (rest.length % 2 !== 0) {
    const old = client.door.broker.version === '7.0';
    const name = old ? 'XREAD' : grouped ? "'xreadgroup'" : "'xread'";
    const wanted = grouped && !old ? "'>'" : "'$'";
    throw new RedisError(
      `ERR Unbalanced ${name} list of streams: for each stream key an ID or ${wanted} must be specified.`,
    );
  }
  options.keys = rest.slice(0, rest.length / 2);
  options.ids = rest.slice(rest.length / 2);
}

/** One stream of a request, as it was found. */
interface Source {
  readonly key: string;
  readonly stream: StreamValue | undefined;
  readonly group: ConsumerGroup | undefined;
  /** Entries after this one are wanted; `'new'` are those that the group has not seen. */
  readonly after: StreamId | 'new';
}

/** @throws RedisError */
function sourcesOf(client: Session, options: ReadOptions): Source[] {
  const { keyspace } = client.door.broker;
  return options.keys.map((key, i) => {
    const stream = keyspace.readAs(client.db, key, StreamValue);
    const text = options.ids[i] as string;
    const group = options.names && stream?.groups.get(options.names.group);
    if (options.names && !group) throw new RedisError(noGroup(key, options.names.group));
    if (text === '$') {
      if (options.names) throw new RedisError(MEANINGLESS_LAST);
      return { key, stream, group, after: stream?.lastId ?? MIN_STREAM_ID };
    }
    if (text === '>') {
      if (!options.names) throw new RedisError(NEW_WITHOUT_GROUP);
      return { key, stream, group, after: 'new' };
    }
    const after = parseStreamId(text);
    // The greatest identifier stands for `>` inside the real server, too.
    return { key, stream, group, after: group && after === MAX_STREAM_ID ? 'new' : after };
  });
}

/** Redis looks each key up twice, which counts and is told. */
const lookAgain = (client: Session, key: string) => client.door.broker.keyspace.read(client.db, key);

const noGroup = (key: string, group: string): string =>
  `NOGROUP No such key '${key}' or consumer group '${group}' in XREADGROUP with GROUP option`;

const MEANINGLESS_LAST =
  'ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by ' +
  'specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.';

const NEW_WITHOUT_GROUP =
  'ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.';

function xread(client: Session, args: readonly string[]): Reply {
  const options = readOptions(client, args, false);
  const sources = sourcesOf(client, options);
  const found = sources.flatMap(({ key, stream, after }) => {
    lookAgain(client, key);
    if (!stream || (stream.lastEntryId ?? MIN_STREAM_ID) <= (after as StreamId)) return [];
    return [[key, entriesReply(stream.range((after as StreamId) + 1n, MAX_STREAM_ID, options.count))] as const];
  });
  if (found.length > 0) return streamsReply(found, client.protocol);
  if (options.blockMs === undefined) return nullArray(client.protocol);
  const after = new Map(sources.map((source) => [source.key, source.after as StreamId]));
  return block(client, {
    keys: options.keys,
    timeoutMs: options.blockMs,
    onTimeout: () => nullArray(client.protocol),
    attempt: (key, value) => {
      const seen = after.get(key) as StreamId;
      if (!(value instanceof StreamValue) || value.lastId <= seen) return undefined;
      const entries = value.range(seen + 1n, MAX_STREAM_ID, options.count || BLOCKED_COUNT);
      // An entry that was deleted by the transaction that added it: 7.0 answers without it, later ones wait on.
      if (entries.length === 0 && client.door.broker.version !== '7.0') return undefined;
      return streamsReply([[key, entriesReply(entries)]], client.protocol);
    },
  });
}

function xreadgroup(client: Session, args: readonly string[]): Reply {
  const options = readOptions(client, args, true);
  const names = options.names as GroupNames;
  const sources = sourcesOf(client, options);
  const nowMs = client.door.now;
  // The answer in parts: Redis tells of a new consumer between the name of the stream and its entries.
  const parts: Array<string | (() => void)> = [];
  let count = 0;
  for (const { key, stream, group, after } of sources) {
    lookAgain(client, key);
    if (!stream || !group) continue;
    const waits = after === 'new' && (stream.lastEntryId ?? MIN_STREAM_ID) <= group.lastId;
    // 7.0 makes the consumer only when there is something to answer.
    if (waits && client.door.broker.version === '7.0') continue;
    if (!waits) parts.push(streamHead(key, client.protocol));
    const consumer = consumerOf(client, key, group, names.consumer, (fire) => parts.push(fire));
    if (waits) continue;
    count++;
    parts.push(
      after === 'new'
        ? entriesReply(readNew(stream, group, consumer, { count: options.count, noAck: options.noAck, nowMs }))
        : historyReply(client, readHistory(stream, consumer, after, { count: options.count, nowMs })),
    );
  }
  if (count > 0) client.reply(streamsHead(count, client.protocol));
  for (const part of parts) {
    if (typeof part === 'string') client.reply(part);
    else part();
  }
  if (count > 0) return '';
  if (options.blockMs === undefined) return nullArray(client.protocol);
  return block(client, {
    keys: options.keys,
    timeoutMs: options.blockMs,
    onTimeout: () => nullArray(client.protocol),
    attempt: (key, value) => serveGroupReader(client, options, key, value),
  });
}

function historyReply(client: Session, history: readonly HistoryEntry[]): string {
  return array(history.map(({ id, entry }) => (entry ? entryReply(entry) : deletedEntryReply(id, client.protocol))));
}

/** A stream that a blocked XREADGROUP waits for has changed, has gone or is no stream any more. */
function serveGroupReader(
  client: Session,
  options: ReadOptions,
  key: string,
  value: RedisValue | undefined,
): string | undefined {
  const old = client.door.broker.version === '7.0';
  const names = options.names as GroupNames;
  if (!(value instanceof StreamValue)) {
    if (old) return error('UNBLOCKED the stream key no longer exists');
    return error(value === undefined ? noGroup(key, names.group) : WRONG_TYPE);
  }
  const group = value.groups.get(names.group);
  if (!group) {
    return error(
      old ? 'NOGROUP the consumer group this client was blocked on no longer exists' : noGroup(key, names.group),
    );
  }
  if (value.lastId <= group.lastId) return undefined;
  const consumer = consumerOf(client, key, group, names.consumer);
  const nowMs = client.door.now;
  const entries = readNew(value, group, consumer, {
    count: options.count || BLOCKED_COUNT,
    noAck: options.noAck,
    nowMs,
  });
  if (entries.length === 0 && !old) return undefined;
  return streamsReply([[key, entriesReply(entries)]], client.protocol);
}

const categories = ['stream'];

export const streamReadCommands: readonly Command[] = [
  command('xread -4 brv', { categories, run: xread }),
  command('xreadgroup -7 bvw', { categories, run: xreadgroup }),
];
