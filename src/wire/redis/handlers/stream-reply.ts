/** How stream entries are written. */
import { formatStreamId, type StreamEntry, type StreamId } from '../../../models/redis/index.js';
import { array, bulk, bulks, nullArray, type Protocol } from '../reply.js';

export const idReply = (id: StreamId): string => bulk(formatStreamId(id));

/** Identifier and fields. */
export const entryReply = (entry: StreamEntry): string => `*2\r\n${idReply(entry.id)}${bulks(entry.fields)}`;

export const entriesReply = (entries: readonly StreamEntry[]): string => array(entries.map(entryReply));

/** A pending entry that has been deleted from the stream. */
export const deletedEntryReply = (id: StreamId, protocol: Protocol): string =>
  `*2\r\n${idReply(id)}${nullArray(protocol)}`;

/** What XREAD answers: entries by key, a map in RESP3 and pairs in RESP2. */
export function streamsReply(
  found: ReadonlyArray<readonly [key: string, entries: string]>,
  protocol: Protocol,
): string {
  const parts = found.map(([key, entries]) => streamHead(key, protocol) + entries);
  return streamsHead(found.length, protocol) + parts.join('');
}

/** What stands before so many streams. */
export const streamsHead = (count: number, protocol: Protocol): string => `${protocol === 3 ? '%' : '*'}${count}\r\n`;

/** What stands before the entries of a stream. */
export const streamHead = (key: string, protocol: Protocol): string => (protocol === 3 ? '' : '*2\r\n') + bulk(key);
