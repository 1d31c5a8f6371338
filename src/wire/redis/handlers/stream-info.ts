/**
 * XINFO: what a stream, its groups and their consumers look like inside.
 *
 * @see https://redis.io/docs/latest/commands/xinfo-stream/
 */
import {
  type Consumer,
  type ConsumerGroup,
  lagOf,
  MAX_STREAM_ID,
  MIN_STREAM_ID,
  NO_SUCH_KEY,
  RedisError,
  type StreamEntry,
  StreamValue,
} from '../../../models/redis/index.js';
import { type Command, command, definer } from '../handler.js';
import { array, bulk, integer, map, nullBulk } from '../reply.js';
import type { Session } from '../session.js';
import { withHelp, wrongForm } from './help.js';
import { int } from './number.js';
import { noSuchGroup } from './stream-group.js';
import { entriesReply, entryReply, idReply } from './stream-reply.js';

type Field = readonly [name: string, value: string];

const fields = (client: Session, list: readonly Field[]): string =>
  map(
    list.map(([name, value]) => [bulk(name), value]),
    client.protocol,
  );

const integerOrNull = (client: Session, value: number | undefined): string =>
  value === undefined ? nullBulk(client.protocol) : integer(value);

/** @throws RedisError */
function streamOf(client: Session, key: string): StreamValue {
  const stream = client.door.broker.keyspace.readAs(client.db, key, StreamValue);
  if (!stream) throw new RedisError(NO_SUCH_KEY);
  return stream;
}

/** Groups in the order of their names, as Redis lists them. */
const sortedGroups = (stream: StreamValue): ConsumerGroup[] =>
  [...stream.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

function commonFields(stream: StreamValue): Field[] {
  return [
    ['length', integer(stream.length)],
    ['radix-tree-keys', integer(stream.nodes.length)],
    ['radix-tree-nodes', integer(stream.treeNodeCount)],
    ['last-generated-id', idReply(stream.lastId)],
    ['max-deleted-entry-id', idReply(stream.maxDeletedId)],
    ['entries-added', integer(stream.entriesAdded)],
    ['recorded-first-entry-id', idReply(stream.firstId)],
  ];
}

function infoStream(client: Session, args: readonly string[]): string {
  const stream = streamOf(client, args[2] as string);
  if (args.length > 3) return fields(client, fullFields(client, stream, fullCount(args)));
  const entryOrNull = (entry: StreamEntry | undefined) => (entry ? entryReply(entry) : nullBulk(client.protocol));
  return fields(client, [
    ...commonFields(stream),
    ['groups', integer(stream.groups.size)],
    ['first-entry', entryOrNull(stream.range(MIN_STREAM_ID, MAX_STREAM_ID, 1)[0])],
    ['last-entry', entryOrNull(stream.reverseRange(MIN_STREAM_ID, MAX_STREAM_ID, 1)[0])],
  ]);
}

const USUAL_COUNT = 10;

/** How many of each kind FULL shows; 0 is all. @throws RedisError */
function fullCount(args: readonly string[]): number {
  const [, , , full, counted, count] = args;
  const shaped = args.length === 4 || (args.length === 6 && counted?.toLowerCase() === 'count');
  if (full?.toLowerCase() !== 'full' || !shaped) {
    throw wrongForm(args);
  }
  const given = count === undefined ? USUAL_COUNT : int(count);
  return given < 0 ? USUAL_COUNT : given;
}

function fullFields(client: Session, stream: StreamValue, count: number): Field[] {
  return [
    ...commonFields(stream),
    ['entries', entriesReply(stream.range(MIN_STREAM_ID, MAX_STREAM_ID, count))],
    ['groups', array(sortedGroups(stream).map((group) => fullGroup(client, stream, group, count)))],
  ];
}

function fullGroup(client: Session, stream: StreamValue, group: ConsumerGroup, count: number): string {
  const pending = [...firstOf(group.pending.from(MIN_STREAM_ID), count)].map(([id, entry]) =>
    array([idReply(id), bulk(entry.consumer.name), integer(entry.deliveredMs), integer(entry.deliveryCount)]),
  );
  return fields(client, [
    ['name', bulk(group.name)],
    ['last-delivered-id', idReply(group.lastId)],
    ['entries-read', integerOrNull(client, group.entriesRead)],
    ['lag', integerOrNull(client, lagOf(stream, group))],
    ['pel-count', integer(group.pending.size)],
    ['pending', array(pending)],
    ['consumers', array(group.sortedConsumers().map((consumer) => fullConsumer(client, consumer, count)))],
  ]);
}

function fullConsumer(client: Session, consumer: Consumer, count: number): string {
  const pending = [...firstOf(consumer.pending.from(MIN_STREAM_ID), count)].map(([id, entry]) =>
    array([idReply(id), integer(entry.deliveredMs), integer(entry.deliveryCount)]),
  );
  const list: Field[] = [
    ['name', bulk(consumer.name)],
    ['seen-time', integer(consumer.seenMs)],
  ];
  if (client.door.broker.version !== '7.0') list.push(['active-time', integer(consumer.activeMs ?? -1)]);
  list.push(['pel-count', integer(consumer.pending.size)], ['pending', array(pending)]);
  return fields(client, list);
}

/** The first `count` items; all when it is 0. */
function* firstOf<T>(items: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const item of items) {
    if (count > 0 && taken++ >= count) return;
    yield item;
  }
}

function infoGroups(client: Session, args: readonly string[]): string {
  const stream = streamOf(client, args[2] as string);
  return array(
    sortedGroups(stream).map((group) =>
      fields(client, [
        ['name', bulk(group.name)],
        ['consumers', integer(group.consumers.size)],
        ['pending', integer(group.pending.size)],
        ['last-delivered-id', idReply(group.lastId)],
        ['entries-read', integerOrNull(client, group.entriesRead)],
        ['lag', integerOrNull(client, lagOf(stream, group))],
      ]),
    ),
  );
}

function infoConsumers(client: Session, args: readonly string[]): string {
  const [, , key, name] = args as [string, string, string, string];
  const group = streamOf(client, key).groups.get(name);
  if (!group) throw noSuchGroup(key, name);
  const nowMs = client.door.now;
  return array(
    group.sortedConsumers().map((consumer) => {
      const list: Field[] = [
        ['name', bulk(consumer.name)],
        ['pending', integer(consumer.pending.size)],
        ['idle', integer(Math.max(nowMs - consumer.seenMs, 0))],
      ];
      if (client.door.broker.version !== '7.0') {
        list.push(['inactive', integer(consumer.activeMs === undefined ? -1 : Math.max(nowMs - consumer.activeMs, 0))]);
      }
      return fields(client, list);
    }),
  );
}

const categories = ['stream'];
const define = definer(categories);

export const streamInfoCommands: readonly Command[] = [
  command('xinfo -2', {
    subcommands: withHelp(
      [
        define('xinfo|stream -3 r', infoStream),
        define('xinfo|groups 3 r', infoGroups),
        define('xinfo|consumers 4 r', infoConsumers),
      ],
      categories,
    ),
  }),
];
