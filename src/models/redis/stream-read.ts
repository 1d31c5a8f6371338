/**
 * What a consumer group gets to read, what it takes over, and how far it is behind.
 *
 * @see https://redis.io/docs/latest/commands/xreadgroup/, .../xclaim/, .../xautoclaim/, .../xinfo-groups/
 */
import type { Consumer, ConsumerGroup } from './stream-group.js';
import { MAX_STREAM_ID, MIN_STREAM_ID, type StreamId } from './stream-id.js';
import type { StreamEntry } from './stream-node.js';
import type { StreamValue } from './stream-value.js';

/** Gives a consumer entries that the group has not seen. @param count 0 is no bound */
export function readNew(
  stream: StreamValue,
  group: ConsumerGroup,
  consumer: Consumer,
  options: { readonly count: number; readonly noAck: boolean; readonly nowMs: number },
): StreamEntry[] {
  const entries = stream.range(group.lastId + 1n, MAX_STREAM_ID, options.count);
  for (const { id } of entries) {
    if (group.entriesRead !== undefined && !hasTombstones(stream, id)) group.entriesRead++;
    else group.entriesRead = entriesUpTo(stream, id);
    group.lastId = id;
    if (!options.noAck) group.assign(id, consumer, options.nowMs, 1);
  }
  if (entries.length > 0) consumer.activeMs = options.nowMs;
  return entries;
}

/** One entry of a consumer's history; `entry` is undefined when it has been deleted from the stream. */
export interface HistoryEntry {
  readonly id: StreamId;
  readonly entry: StreamEntry | undefined;
}

/** A consumer's own pending entries after an identifier, delivered once more. @param count 0 is no bound */
export function readHistory(
  stream: StreamValue,
  consumer: Consumer,
  after: StreamId,
  options: { readonly count: number; readonly nowMs: number },
): HistoryEntry[] {
  const found: HistoryEntry[] = [];
  for (const [id, pending] of consumer.pending.from(after + 1n)) {
    const entry = stream.get(id);
    if (entry) {
      pending.deliveredMs = options.nowMs;
      pending.deliveryCount++;
    }
    found.push({ id, entry });
    if (found.length === options.count) break;
  }
  return found;
}

export interface ClaimOptions {
  readonly minIdleMs: number;
  readonly nowMs: number;
  /** Count of deliveries to set; undefined counts one more, unless `justId`. */
  readonly retryCount?: number | undefined;
  readonly justId: boolean;
}

/** Makes consumers when the first entry changes hands. */
export type ConsumerMaker = () => Consumer;

/**
 * Takes over entries by identifier. Those that are gone from the stream leave the pending list.
 *
 * @param options.deliveredMs when they count as delivered
 * @param options.force also takes entries that nobody has pending
 */
export function claim(
  stream: StreamValue,
  group: ConsumerGroup,
  ids: readonly StreamId[],
  consumer: ConsumerMaker,
  options: ClaimOptions & { readonly deliveredMs: number; readonly force: boolean },
): StreamEntry[] {
  const claimed: StreamEntry[] = [];
  for (const id of ids) {
    const entry = stream.get(id);
    const pending = group.pending.get(id);
    if (!entry) {
      group.acknowledge(id);
      continue;
    }
    if (!pending && !options.force) continue;
    if (pending && options.nowMs - pending.deliveredMs < options.minIdleMs) continue;
    const counted = pending ? pending.deliveryCount : 1;
    group.assign(id, consumer(), options.deliveredMs, options.retryCount ?? counted + (options.justId ? 0 : 1));
    claimed.push(entry);
  }
  return claimed;
}

export interface AutoClaimed {
  /** Where the next call goes on; the least identifier at the end. */
  readonly next: StreamId;
  readonly entries: readonly StreamEntry[];
  /** Pending entries that are gone from the stream, and now from the pending list. */
  readonly deleted: readonly StreamId[];
}

const ATTEMPTS_FACTOR = 10;

/** Takes over idle entries from an identifier on, at most `count` of them, looking at ten times as many. */
export function autoClaim(
  stream: StreamValue,
  group: ConsumerGroup,
  start: StreamId,
  count: number,
  consumer: ConsumerMaker,
  options: ClaimOptions,
): AutoClaimed {
  const entries: StreamEntry[] = [];
  const deleted: StreamId[] = [];
  let attempts = count * ATTEMPTS_FACTOR;
  let next = MIN_STREAM_ID;
  for (const [id, pending] of group.pending.from(start)) {
    if (attempts-- <= 0 || entries.length + deleted.length >= count) {
      next = id;
      break;
    }
    const entry = stream.get(id);
    if (!entry) {
      group.acknowledge(id);
      deleted.push(id);
      continue;
    }
    if (options.nowMs - pending.deliveredMs < options.minIdleMs) continue;
    group.assign(id, consumer(), options.nowMs, pending.deliveryCount + (options.justId ? 0 : 1));
    entries.push(entry);
  }
  return { next, entries, deleted };
}

/** How many entries a group has not read yet; undefined when deletions have made that unknowable. */
export function lagOf(stream: StreamValue, group: ConsumerGroup): number | undefined {
  if (stream.entriesAdded === 0) return 0;
  const known = group.entriesRead !== undefined && !hasTombstones(stream, group.lastId);
  const read = known ? group.entriesRead : entriesUpTo(stream, group.lastId);
  return read === undefined ? undefined : stream.entriesAdded - read;
}

/** Whether a deletion lies at or after an identifier, among the entries that are left. */
function hasTombstones(stream: StreamValue, from: StreamId): boolean {
  const deleted = stream.maxDeletedId;
  if (stream.length === 0 || deleted === MIN_STREAM_ID || stream.firstId > deleted) return false;
  return from <= deleted;
}

/** How many entries of the stream's life lie up to an identifier, where that can be told without counting. */
export function entriesUpTo(stream: StreamValue, id: StreamId): number | undefined {
  if (stream.entriesAdded === 0) return 0;
  if (stream.length === 0 && id <= stream.lastId) return stream.entriesAdded;
  if (id === stream.lastId) return stream.entriesAdded;
  if (id > stream.lastId) return undefined;
  const whole = stream.maxDeletedId === MIN_STREAM_ID || stream.maxDeletedId < stream.firstId;
  if (!whole || id > stream.firstId) return undefined;
  return stream.entriesAdded - stream.length + (id === stream.firstId ? 1 : 0);
}
