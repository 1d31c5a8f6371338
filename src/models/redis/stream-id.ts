/**
 * Identifiers of stream entries: `<milliseconds>-<sequence>`, both unsigned 64-bit numbers. Inside, one number of 128
 * bits, so that comparing and counting up need no parts.
 */
import { RedisError } from './errors.js';

export type StreamId = bigint;

const SEQUENCE_BITS = 64n;
const PART_MAX = 2n ** 64n - 1n;

export const MIN_STREAM_ID: StreamId = 0n;
export const MAX_STREAM_ID: StreamId = 2n ** 128n - 1n;

const INVALID_STREAM_ID = 'ERR Invalid stream ID specified as stream command argument';
const LONGEST_TEXT = 127;

export const streamId = (ms: bigint, sequence: bigint): StreamId => (ms << SEQUENCE_BITS) | sequence;
export const msOf = (id: StreamId): bigint => id >> SEQUENCE_BITS;
export const sequenceOf = (id: StreamId): bigint => id & PART_MAX;

export function formatStreamId(id: StreamId): string {
  return `${msOf(id)}-${sequenceOf(id)}`;
}

/** The 16 bytes under which an entry is sorted, as 32 hexadecimal digits. */
export function hexOf(id: StreamId): string {
  return id.toString(16).padStart(32, '0');
}

/** Which sequence an identifier without one stands for: the first of its millisecond, or the last. */
export type MissingSequence = 'first' | 'last';

/** A whole or incomplete identifier. @throws RedisError */
export function parseStreamId(text: string, missing: MissingSequence = 'first'): StreamId {
  const dash = text.indexOf('-');
  if (text.length > LONGEST_TEXT) throw new RedisError(INVALID_STREAM_ID);
  if (dash === -1) return streamId(part(text), missing === 'first' ? 0n : PART_MAX);
  return streamId(part(text.slice(0, dash)), part(text.slice(dash + 1)));
}

/** As `parseStreamId`, with `-` and `+` for the ends of all identifiers. @throws RedisError */
export function parseRangeId(text: string, missing: MissingSequence): StreamId {
  if (text === '-') return MIN_STREAM_ID;
  if (text === '+') return MAX_STREAM_ID;
  return parseStreamId(text, missing);
}

/** Where a range starts: `(` leaves the identifier itself out. @throws RedisError */
export function parseRangeStart(text: string): StreamId {
  if (!text.startsWith('(')) return parseRangeId(text, 'first');
  const id = parseStreamId(text.slice(1), 'first');
  if (id === MAX_STREAM_ID) throw new RedisError('ERR invalid start ID for the interval');
  return id + 1n;
}

/** Where a range ends, inclusive. @throws RedisError */
export function parseRangeEnd(text: string): StreamId {
  if (!text.startsWith('(')) return parseRangeId(text, 'last');
  const id = parseStreamId(text.slice(1), 'last');
  if (id === MIN_STREAM_ID) throw new RedisError('ERR invalid end ID for the interval');
  return id - 1n;
}

/** What XADD is asked to use: an identifier, a millisecond (`5-*`), or whatever comes next (`*`). */
export type WantedId = { readonly id: StreamId } | { readonly ms: bigint } | 'next';

/** @throws RedisError */
export function parseWantedId(text: string): WantedId {
  if (text === '*') return 'next';
  if (text.endsWith('-*') && text.indexOf('-') === text.length - 2) return { ms: part(text.slice(0, -2)) };
  return { id: parseStreamId(text) };
}

/** The identifier for a new entry after `last`; undefined when there is none left or it would not be greater. */
export function chooseStreamId(wanted: WantedId, last: StreamId, nowMs: number): StreamId | undefined {
  let id: StreamId;
  if (wanted === 'next') id = BigInt(nowMs) > msOf(last) ? streamId(BigInt(nowMs), 0n) : last + 1n;
  else if ('id' in wanted) id = wanted.id;
  else if (wanted.ms !== msOf(last)) id = streamId(wanted.ms, 0n);
  else if (sequenceOf(last) === PART_MAX) return undefined;
  else id = last + 1n;
  return id > last && id <= MAX_STREAM_ID ? id : undefined;
}

/** An unsigned number as C's `strtoull` reads it: leading zeros are fine. */
function part(text: string): bigint {
  if (!/^[ \t\n\v\f\r]*\+?\d+$/.test(text)) throw new RedisError(INVALID_STREAM_ID);
  const value = BigInt(text.trim().replace('+', ''));
  if (value > PART_MAX) throw new RedisError(INVALID_STREAM_ID);
  return value;
}
