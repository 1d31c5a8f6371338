/**
 * Streams in RDB form: the nodes as listpacks, what the stream says of itself, and its groups.
 *
 *     node count | (master id: 16 BE | listpack)*
 *     length | last id | first id, greatest deleted id, entries ever added: since 7.0
 *     group count | (name | last id | entries read: since 7.0 | pending of the group | consumers)*
 *
 * A node's listpack begins with its counts and the names of the first entry's fields, which entries need not repeat:
 *
 *     live | deleted | field count | name* | 0 | entry*
 *     entry: flags | ms and sequence above the master id | (count, name and value)* or value* | items of the entry
 */
import {
  Consumer,
  ConsumerGroup,
  entriesUpTo,
  MIN_STREAM_ID,
  msOf,
  type RedisVersion,
  type StreamId,
  StreamNode,
  StreamValue,
  sequenceOf,
  streamId,
} from '../../models/redis/index.js';
import { strictInt64 } from './handlers/number.js';
import { encodeListpack, fromLittle, little } from './listpack.js';
import { big, fromBig, length, type RdbReader, text } from './rdb-primitive.js';

/** One kind for each release that added to the form. */
export const STREAM_TYPES = { stream50: 15, stream70: 19, stream72: 21 } as const;
type StreamType = (typeof STREAM_TYPES)[keyof typeof STREAM_TYPES];

const DELETED = 1;
const SAME_FIELDS = 2;
const ID_BYTES = 16;
const TIME_BYTES = 8;
/** Stands for a number that is not known. */
const UNKNOWN_COUNT = 2n ** 64n - 1n;
const NEVER = -1n;

export function saveStream(stream: StreamValue, version: RedisVersion): string {
  const nodes = stream.nodes.map((node) => text(big(node.masterId, ID_BYTES)) + text(encodeListpack(nodeItems(node))));
  const groups = [...stream.groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return (
    length(nodes.length) +
    nodes.join('') +
    length(stream.length) +
    [stream.lastId, stream.firstId, stream.maxDeletedId].map(idParts).join('') +
    length(stream.entriesAdded) +
    length(groups.length) +
    groups.map((group) => savedGroup(group, version)).join('')
  );
}

function nodeItems(node: StreamNode): string[] {
  const history = node.history();
  const { masterFields, masterId } = node;
  const counts = [node.entries.length, history.length - node.entries.length, masterFields.length];
  const entries = history.flatMap(([entry, live]) => {
    const same = node.repeatsFields(entry.fields);
    const content = same
      ? entry.fields.filter((_, i) => i % 2 === 1)
      : [String(entry.fields.length / 2), ...entry.fields];
    const distance = [msOf(entry.id) - msOf(masterId), sequenceOf(entry.id) - sequenceOf(masterId)];
    const flags = (live ? 0 : DELETED) | (same ? SAME_FIELDS : 0);
    const head = [String(flags), ...distance.map((part) => String(BigInt.asIntN(64, part)))];
    return [...head, ...content, String(head.length + content.length)];
  });
  return [...counts.map(String), ...masterFields, '0', ...entries];
}

function savedGroup(group: ConsumerGroup, version: RedisVersion): string {
  const pending = [...group.pending.from(MIN_STREAM_ID)].map(
    ([id, entry]) => big(id, ID_BYTES) + time(entry.deliveredMs) + length(entry.deliveryCount),
  );
  const consumers = group.sortedConsumers();
  return (
    text(group.name) +
    idParts(group.lastId) +
    length(group.entriesRead ?? UNKNOWN_COUNT) +
    length(pending.length) +
    pending.join('') +
    length(consumers.length) +
    consumers.map((consumer) => savedConsumer(consumer, version)).join('')
  );
}

function savedConsumer({ name, seenMs, activeMs, pending }: Consumer, version: RedisVersion): string {
  const times = time(seenMs) + (version === '7.0' ? '' : time(activeMs));
  const ids = [...pending.from(MIN_STREAM_ID)].map(([id]) => big(id, ID_BYTES));
  return text(name) + times + length(pending.size) + ids.join('');
}

const time = (ms: number | undefined): string => little(ms === undefined ? NEVER : BigInt(ms), TIME_BYTES);
const idParts = (id: StreamId): string => length(msOf(id)) + length(sequenceOf(id));

/** The stream; undefined when the bytes make none. */
export function loadStream(type: StreamType, reader: RdbReader): StreamValue | undefined {
  const nodes: StreamNode[] = [];
  for (let left = reader.length(); left > 0; left--) {
    const node = loadedNode(fromBig(reader.text()), reader.listpack());
    if (!node || node.masterId <= (nodes.at(-1)?.masterId ?? -1n)) return undefined;
    nodes.push(node);
  }
  const stream = StreamValue.ofNodes(nodes);
  if (reader.length() !== stream.length) return undefined;
  stream.lastId = readId(reader);
  stream.entriesAdded = stream.length;
  if (type !== STREAM_TYPES.stream50) {
    readId(reader);
    stream.maxDeletedId = readId(reader);
    stream.entriesAdded = reader.length();
  }
  for (let left = reader.length(); left > 0; left--) {
    const group = loadedGroup(type, stream, reader);
    if (!group || reader.broken || stream.groups.has(group.name)) return undefined;
    stream.groups.set(group.name, group);
  }
  return stream;
}

const readId = (reader: RdbReader): StreamId => streamId(reader.bigLength(), reader.bigLength());

function readTime(reader: RdbReader): number | undefined {
  const ms = BigInt.asIntN(64, fromLittle(reader.take(TIME_BYTES), 0, TIME_BYTES));
  return ms === NEVER ? undefined : Number(ms);
}

/** Walks through the items of a node; undefined when they are not what they say. */
function loadedNode(masterId: StreamId, items: readonly string[]): StreamNode | undefined {
  let at = 0;
  let sound = true;
  const next = () => items[at++] ?? '';
  const number = () => {
    const value = strictInt64(next());
    sound &&= value !== undefined;
    return value ?? 0n;
  };
  const take = (count: bigint) => Array.from({ length: Math.min(Number(count), items.length) }, next);
  const count = number() + number();
  const node = new StreamNode(masterId, take(number()));
  sound &&= number() === 0n;
  for (let left = count; left > 0n && sound && at < items.length; left--) {
    const flags = Number(number());
    const id = streamId(
      BigInt.asUintN(64, msOf(masterId) + number()),
      BigInt.asUintN(64, sequenceOf(masterId) + number()),
    );
    const same = (flags & SAME_FIELDS) !== 0;
    const fields = same ? node.masterFields.flatMap((name) => [name, next()]) : take(2n * number());
    number();
    node.append({ id, fields }, (flags & DELETED) === 0);
  }
  return sound && at === items.length && node.entries.length > 0 ? node : undefined;
}

function loadedGroup(type: StreamType, stream: StreamValue, reader: RdbReader): ConsumerGroup | undefined {
  const name = reader.text();
  const lastId = readId(reader);
  const read = type === STREAM_TYPES.stream50 ? entriesUpTo(stream, lastId) : reader.bigLength();
  const group = new ConsumerGroup(
    name,
    lastId,
    read === undefined || read === UNKNOWN_COUNT ? undefined : Number(read),
  );
  const pending = new Map(
    reader.many(() => [fromBig(reader.take(ID_BYTES)), [readTime(reader) ?? 0, reader.length()] as const] as const),
  );
  for (let left = reader.length(); left > 0; left--) {
    const consumer = new Consumer(reader.text(), readTime(reader) ?? 0);
    consumer.activeMs = type === STREAM_TYPES.stream72 ? readTime(reader) : consumer.seenMs;
    if (reader.broken || group.consumers.has(consumer.name)) return undefined;
    group.consumers.set(consumer.name, consumer);
    for (const id of reader.many(() => fromBig(reader.take(ID_BYTES)))) {
      const delivery = pending.get(id);
      if (!delivery) return undefined;
      group.assign(id, consumer, ...delivery);
    }
  }
  return group.pending.size === pending.size ? group : undefined;
}
