/**
 * Replies as byte strings, ready to be written. RESP2 and RESP3 differ in a few forms only; where they do, the
 * function takes the protocol.
 *
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/
 */

import type { RedisVersion } from '../../models/redis/index.js';

export type Protocol = 2 | 3;

export const OK = '+OK\r\n';
export const QUEUED = '+QUEUED\r\n';
export const EMPTY_ARRAY = '*0\r\n';

export const simple = (text: string): string => `+${oneLine(text)}\r\n`;
export const error = (line: string): string => `-${oneLine(line)}\r\n`;
export const integer = (value: number | bigint): string => `:${value}\r\n`;
export const bulk = (bytes: string): string => `$${bytes.length}\r\n${bytes}\r\n`;

/** Null where a bulk was expected. */
export const nullBulk = (protocol: Protocol): string => (protocol === 3 ? '_\r\n' : '$-1\r\n');

/** Null where an array was expected. */
export const nullArray = (protocol: Protocol): string => (protocol === 3 ? '_\r\n' : '*-1\r\n');

export const bulkOrNull = (bytes: string | undefined, protocol: Protocol): string =>
  bytes === undefined ? nullBulk(protocol) : bulk(bytes);

/** An array of replies. */
export const array = (items: readonly string[]): string => `*${items.length}\r\n${items.join('')}`;

/** An array of bulks. */
export const bulks = (items: readonly string[]): string => array(items.map(bulk));

/** A map of pairs of replies; a flat array in RESP2. */
export function map(pairs: ReadonlyArray<readonly [key: string, value: string]>, protocol: Protocol): string {
  const body = pairs.map(([key, value]) => key + value).join('');
  return protocol === 3 ? `%${pairs.length}\r\n${body}` : `*${pairs.length * 2}\r\n${body}`;
}

/** A set of replies; an array in RESP2. */
export const set = (items: readonly string[], protocol: Protocol): string =>
  `${protocol === 3 ? '~' : '*'}${items.length}\r\n${items.join('')}`;

/** A frame that nobody asked for, or a confirmation; an array in RESP2. */
export const push = (items: readonly string[], protocol: Protocol): string =>
  `${protocol === 3 ? '>' : '*'}${items.length}\r\n${items.join('')}`;

/** Text for people (INFO, CLIENT LIST); a bulk in RESP2. */
export const verbatim = (text: string, protocol: Protocol): string =>
  protocol === 3 ? `=${text.length + 4}\r\ntxt:${text}\r\n` : bulk(text);

/** A floating point number; a bulk in RESP2. */
export function double(value: number, protocol: Protocol, version: RedisVersion): string {
  const text = formatDouble(value, version);
  return protocol === 3 ? `,${text}\r\n` : bulk(text);
}

/** A number as text, infinities as `inf`: 17 digits in 7.0, the fewest that read back as the same number later. */
export function formatDouble(value: number, version: RedisVersion): string {
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  if (Number.isNaN(value)) return 'nan';
  if (Object.is(value, -0)) return '-0';
  const text = version === '7.0' ? seventeenDigits(value) : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** As C prints with `%.17g`. */
function seventeenDigits(value: number): string {
  const [digits = '', exponentText = '0'] = value.toExponential(16).split('e');
  const exponent = Number(exponentText);
  const trimmed = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (exponent < -4 || exponent > 16) return `${trimmed(digits)}e${exponentText}`;
  return trimmed(value.toFixed(16 - exponent));
}

/** What stands in an error text of an argument: the real server prints with C's `%s`, where a NUL ends the text. */
export function cString(text: string): string {
  const nul = text.indexOf('\0');
  return nul === -1 ? text : text.slice(0, nul);
}

/** No reply may be split by what a client sent: CR and LF become spaces. */
function oneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, ' ') : text;
}
