/**
 * Consumer groups: XGROUP, XACK, XPENDING, XCLAIM, XAUTOCLAIM.
 *
 * @see https://redis.io/docs/latest/commands/?group=stream
 */
import {
  autoClaim,
  Consumer,
  ConsumerGroup,
  claim,
  MIN_STREAM_ID,
  parseRangeEnd,
  parseRangeId,
  parseRangeStart,
  parseStreamId,
  RedisError,
  type RedisValue,
  type StreamId,
  StreamValue,
  SYNTAX_ERROR,
  WRONG_TYPE,
} from '../../../models/redis/index.js';
import { type Command, command, definer } from '../handler.js';
import { array, bulk, EMPTY_ARRAY, integer, nullArray, nullBulk, OK } from '../reply.js';
import type { Session } from '../session.js';
import { withHelp, wrongForm } from './help.js';
import { int } from './number.js';
import { entriesReply, idReply } from './stream-reply.js';

const keyspaceOf = (client: Session) => client.door.broker.keyspace;

/**
 * A consumer that asks for something; made when the group does not know it yet.
 *
 * @param tell gets to fire the event, at once or later
 */
export function consumerOf(
  client: Session,
  key: string,
  group: ConsumerGroup,
  name: string,
  tell: (fire: () => void) => void = (fire) => fire(),
): Consumer {
  const nowMs = client.door.now;
  const known = group.consumers.get(name);
  if (known) {
    known.seenMs = nowMs;
    return known;
  }
  const made = new Consumer(name, nowMs);
  group.consumers.set(name, made);
  tell(() => keyspaceOf(client).notify(client.db, 't', 'xgroup-createconsumer', key));
  return made;
}

// ---- XGROUP

const KEY_REQUIRED =
  'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option ' +
  'to create an empty stream automatically.';

interface GroupOptions {
  readonly makeStream: boolean;
  readonly entriesRead: number | undefined;
}

/** Options behind the identifier of XGROUP CREATE and SETID. @throws RedisError */
function groupOptions(args: readonly string[], creates: boolean): GroupOptions {
  let makeStream = false;
  let entriesRead: number | undefined;
  for (let i = 5; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    if (creates && word === 'mkstream') makeStream = true;
    else if (word === 'entriesread' && i + 1 < args.length) {
      const count = int(args[++i] as string);
      if (count < -1) throw new RedisError('ERR value for ENTRIESREAD must be positive or -1');
      entriesRead = count === -1 ? undefined : count;
    } else {
      throw wrongForm(args);
    }
  }
  return { makeStream, entriesRead };
}

const wantedLastId = (text: string, stream: StreamValue | undefined): StreamId =>
  text === '$' ? (stream?.lastId ?? MIN_STREAM_ID) : parseStreamId(text);

function groupCreate(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const [, , key, name, start] = args as [string, string, string, string, string];
  const options = groupOptions(args, true);
  const present = keyspace.writableAs(client.db, key, StreamValue);
  if (!present && !options.makeStream) throw new RedisError(KEY_REQUIRED);
  const lastId = wantedLastId(start, present);
  if (present?.groups.has(name)) throw new RedisError('BUSYGROUP Consumer Group name already exists');
  const stream = present ?? keyspace.ensure(client.db, key, StreamValue);
  stream.groups.set(name, new ConsumerGroup(name, lastId, options.entriesRead));
  client.reply(OK);
  keyspace.notify(client.db, 't', 'xgroup-create', key);
  return '';
}

/** The stream of a subcommand that wants it to exist. @throws RedisError */
function requiredStream(client: Session, key: string): StreamValue {
  const stream = keyspaceOf(client).writableAs(client.db, key, StreamValue);
  if (!stream) throw new RedisError(KEY_REQUIRED);
  return stream;
}

export const noSuchGroup = (key: string, name: string): RedisError =>
  new RedisError(`NOGROUP No such consumer group '${name}' for key name '${key}'`);

/** @throws RedisError */
function requiredGroup(client: Session, key: string, name: string): readonly [StreamValue, ConsumerGroup] {
  const stream = requiredStream(client, key);
  const group = stream.groups.get(name);
  if (!group) throw noSuchGroup(key, name);
  return [stream, group];
}

function groupSetId(client: Session, args: readonly string[]): string {
  const [, , key, name, start] = args as [string, string, string, string, string];
  const { entriesRead } = groupOptions(args, false);
  const [stream, group] = requiredGroup(client, key, name);
  group.lastId = start === '$' ? stream.lastId : parseRangeId(start, 'first');
  group.entriesRead = entriesRead;
  client.reply(OK);
  keyspaceOf(client).notify(client.db, 't', 'xgroup-setid', key);
  return '';
}

function groupDestroy(client: Session, args: readonly string[]): string {
  const keyspace = keyspaceOf(client);
  const [, , key, name] = args as [string, string, string, string];
  if (!requiredStream(client, key).groups.delete(name)) return integer(0);
  client.reply(integer(1));
  keyspace.notify(client.db, 't', 'xgroup-destroy', key);
  keyspace.blocking.signal(client.db, key);
  return '';
}

function groupCreateConsumer(client: Session, args: readonly string[]): string {
  const [, , key, name, consumer] = args as [string, string, string, string, string];
  const [, group] = requiredGroup(client, key, name);
  if (group.consumers.has(consumer)) return integer(0);
  consumerOf(client, key, group, consumer);
  return integer(1);
}

function groupDelConsumer(client: Session, args: readonly string[]): string {
  const [, , key, name, consumer] = args as [string, string, string, string, string];
  const [, group] = requiredGroup(client, key, name);
  const pendingCount = group.removeConsumer(consumer);
  if (pendingCount === undefined) return integer(0);
  keyspaceOf(client).notify(client.db, 't', 'xgroup-delconsumer', key);
  return integer(pendingCount);
}

// ---- pending entries

/** @throws RedisError NOGROUP */
function readGroup(client: Session, key: string, name: string): readonly [StreamValue, ConsumerGroup] {
  return groupIn(keyspaceOf(client).read(client.db, key)?.value, key, name);
}

/** @throws RedisError WRONGTYPE, NOGROUP */
function groupIn(value: RedisValue | undefined, key: string, name: string): readonly [StreamValue, ConsumerGroup] {
  if (value !== undefined && !(value instanceof StreamValue)) throw new RedisError(WRONG_TYPE);
  const group = value?.groups.get(name);
  if (!value || !group) throw new RedisError(`NOGROUP No such key '${key}' or consumer group '${name}'`);
  return [value, group];
}

function xack(client: Session, args: readonly string[]): string {
  const stream = keyspaceOf(client).readAs(client.db, args[1] as string, StreamValue);
  const group = stream?.groups.get(args[2] as string);
  if (!group) return integer(0);
  const ids = args.slice(3).map((text) => parseStreamId(text));
  return integer(ids.filter((id) => group.acknowledge(id)).length);
}

function xpending(client: Session, args: readonly string[]): string {
  if (args.length === 3) return pendingSummary(client, readGroup(client, args[1] as string, args[2] as string)[1]);
  if (args.length < 6 || args.length > 9) throw new RedisError(SYNTAX_ERROR);
  const idle = args[3]?.toLowerCase() === 'idle';
  const minIdleMs = idle ? int(args[4] as string) : 0;
  if (idle && args.length < 8) throw new RedisError(SYNTAX_ERROR);
  const from = idle ? 5 : 3;
  const count = int(args[from + 2] as string);
  const start = parseRangeStart(args[from] as string);
  const end = parseRangeEnd(args[from + 1] as string);
  const name = args[from + 3];
  const [, group] = readGroup(client, args[1] as string, args[2] as string);
  const list = name === undefined ? group.pending : group.consumers.get(name)?.pending;
  const nowMs = client.door.now;
  const found: string[] = [];
  for (const [id, entry] of list?.from(start) ?? []) {
    if (found.length >= count || id > end) break;
    const idleMs = nowMs - entry.deliveredMs;
    if (minIdleMs !== 0 && idleMs < minIdleMs) continue;
    const numbers = integer(Math.max(idleMs, 0)) + integer(entry.deliveryCount);
    found.push(`*4\r\n${idReply(id)}${bulk(entry.consumer.name)}${numbers}`);
  }
  return array(found);
}

function pendingSummary(client: Session, group: ConsumerGroup): string {
  const { first, last, size } = group.pending;
  if (first === undefined || last === undefined) {
    const none = nullBulk(client.protocol);
    return array([integer(0), none, none, nullArray(client.protocol)]);
  }
  const counts = group
    .sortedConsumers()
    .filter((consumer) => consumer.pending.size > 0)
    .map((consumer) => array([bulk(consumer.name), bulk(String(consumer.pending.size))]));
  return array([integer(size), idReply(first), idReply(last), array(counts)]);
}

// ---- taking over

function minIdle(text: string, name: string): number {
  return Math.max(intOr(text, `ERR Invalid min-idle-time argument for ${name}`), 0);
}

/** @throws RedisError with the text given */
function intOr(text: string, line: string): number {
  try {
    return int(text);
  } catch {
    throw new RedisError(line);
  }
}

/** Makes the claiming consumer at once, as 7.2 does, or with the first entry that it gets. */
function claimant(client: Session, key: string, group: ConsumerGroup, name: string): () => Consumer {
  const nowMs = client.door.now;
  const make = () => consumerOf(client, key, group, name);
  if (client.door.broker.version !== '7.0') make();
  return () => {
    const consumer = make();
    consumer.activeMs = nowMs;
    return consumer;
  };
}

interface ClaimWords {
  force: boolean;
  justId: boolean;
  deliveredMs?: number;
  retryCount?: number;
  lastId: StreamId;
}

/** @throws RedisError */
function claimWords(words: readonly string[], nowMs: number): ClaimWords {
  const options: ClaimWords = { force: false, justId: false, lastId: MIN_STREAM_ID };
  for (let i = 0; i < words.length; i++) {
    const word = (words[i] as string).toUpperCase();
    const value = words[i + 1];
    if (word === 'FORCE') options.force = true;
    else if (word === 'JUSTID') options.justId = true;
    else if (value !== undefined && (word === 'IDLE' || word === 'TIME')) {
      const given = intOr(value, `ERR Invalid ${word} option argument for XCLAIM`);
      options.deliveredMs = word === 'IDLE' ? nowMs - given : given;
      i++;
    } else if (value !== undefined && word === 'RETRYCOUNT') {
      options.retryCount = intOr(value, 'ERR Invalid RETRYCOUNT option argument for XCLAIM');
      i++;
    } else if (value !== undefined && word === 'LASTID') {
      options.lastId = parseStreamId(value);
      i++;
    } else throw new RedisError(`ERR Unrecognized XCLAIM option '${words[i]}'`);
  }
  return options;
}

function xclaim(client: Session, args: readonly string[]): string {
  const [, key, groupName, consumer] = args as [string, string, string, string];
  const [stream, group] = readGroup(client, key, groupName);
  const minIdleMs = minIdle(args[4] as string, 'XCLAIM');
  const nowMs = client.door.now;
  const [ids, rest] = leadingIds(args.slice(5));
  const options = claimWords(rest, nowMs);
  if (options.lastId > group.lastId) group.lastId = options.lastId;
  const given = options.deliveredMs;
  const entries = claim(stream, group, ids, claimant(client, key, group, consumer), {
    minIdleMs,
    nowMs,
    // A time that makes no sense counts as now: clients compute it with clocks of their own.
    deliveredMs: given === undefined || given < 0 || given > nowMs ? nowMs : given,
    force: options.force,
    justId: options.justId,
    retryCount: options.retryCount !== undefined && options.retryCount >= 0 ? options.retryCount : undefined,
  });
  return options.justId ? array(entries.map((entry) => idReply(entry.id))) : entriesReply(entries);
}

/** The identifiers that stand before the first word which is none. */
function leadingIds(words: readonly string[]): readonly [ids: StreamId[], rest: readonly string[]] {
  const ids: StreamId[] = [];
  for (const word of words) {
    try {
      ids.push(parseStreamId(word));
    } catch {
      break;
    }
  }
  return [ids, words.slice(ids.length)];
}

const LARGEST_COUNT = Number.MAX_SAFE_INTEGER;
const USUAL_COUNT = 100;

function xautoclaim(client: Session, args: readonly string[]): string {
  const [, key, groupName, consumer] = args as [string, string, string, string];
  // The key is looked for before anything is checked, which expires it and tells of a miss.
  const entry = keyspaceOf(client).read(client.db, key);
  const minIdleMs = minIdle(args[4] as string, 'XAUTOCLAIM');
  const start = parseRangeStart(args[5] as string);
  let count = USUAL_COUNT;
  let justId = false;
  for (let i = 6; i < args.length; i++) {
    const word = (args[i] as string).toLowerCase();
    if (word === 'justid') justId = true;
    else if (word === 'count' && i + 1 < args.length) {
      count = intOr(args[++i] as string, 'ERR COUNT must be > 0');
      if (count < 1 || count > LARGEST_COUNT / 16) throw new RedisError('ERR COUNT must be > 0');
    } else throw new RedisError(SYNTAX_ERROR);
  }
  const [stream, group] = groupIn(entry?.value, key, groupName);
  const { next, entries, deleted } = autoClaim(stream, group, start, count, claimant(client, key, group, consumer), {
    minIdleMs,
    nowMs: client.door.now,
    justId,
  });
  const claimed = justId ? array(entries.map((entry) => idReply(entry.id))) : entriesReply(entries);
  const gone = deleted.length === 0 ? EMPTY_ARRAY : array(deleted.map(idReply));
  return array([idReply(next), claimed, gone]);
}

const categories = ['stream'];
const define = definer(categories);

export const streamGroupCommands: readonly Command[] = [
  command('xgroup -2', {
    subcommands: withHelp(
      [
        define('xgroup|create -5 mw', groupCreate),
        define('xgroup|setid -5 w', groupSetId),
        define('xgroup|destroy 4 w', groupDestroy),
        define('xgroup|createconsumer 5 mw', groupCreateConsumer),
        define('xgroup|delconsumer 5 w', groupDelConsumer),
      ],
      categories,
    ),
  }),
  define('xack -4 Fw', xack),
  define('xpending -3 r', xpending),
  define('xclaim -6 Fw', xclaim),
  define('xautoclaim -6 Fw', xautoclaim),
];
