/**
 * Listpacks: the short form of collections in RDB data, strings and integers in a row.
 *
 *     total bytes: 4 LE | count: 2 LE | (encoding and data | their length backwards)* | 0xff
 */
import { strictInt64 } from './handlers/number.js';

const HEADER_BYTES = 6;
const END = '\xff';
const UNKNOWN_COUNT = 0xffff;

export function encodeListpack(items: readonly string[]): string {
  const body = items.map(listpackEntry).join('');
  const count = Math.min(items.length, UNKNOWN_COUNT);
  return little(BigInt(HEADER_BYTES + body.length + 1), 4) + little(BigInt(count), 2) + body + END;
}

/** The items; undefined when the bytes are no listpack. */
export function decodeListpack(bytes: string): string[] | undefined {
  const items: string[] = [];
  if (Number(fromLittle(bytes, 0, 4)) !== bytes.length || !bytes.endsWith(END)) return undefined;
  for (let at = HEADER_BYTES; at < bytes.length - 1; ) {
    const entry = readEntry(bytes, at);
    if (!entry) return undefined;
    const [item, size] = entry;
    items.push(item);
    at += size + backwards(size).length;
    if (at >= bytes.length) return undefined;
  }
  return items;
}

/** An item as it stands in a listpack. */
export function listpackEntry(item: string): string {
  const encoded = encodeItem(item);
  return encoded + backwards(encoded.length);
}

/** Tags and sizes of integers that do not fit into the tag. */
const INTEGERS = [
  [0xf1, 2],
  [0xf2, 3],
  [0xf3, 4],
  [0xf4, 8],
] as const;

function encodeItem(item: string): string {
  const number = strictInt64(item);
  if (number !== undefined) {
    if (number >= 0n && number < 128n) return String.fromCharCode(Number(number));
    if (number >= -4096n && number < 4096n) {
      const low = Number(BigInt.asUintN(13, number));
      return String.fromCharCode(0xc0 | (low >> 8), low & 0xff);
    }
    for (const [tag, size] of INTEGERS) {
      if (BigInt.asIntN(size * 8, number) === number) return String.fromCharCode(tag) + little(number, size);
    }
  }
  const { length } = item;
  if (length < 64) return String.fromCharCode(0x80 | length) + item;
  if (length < 4096) return String.fromCharCode(0xe0 | (length >> 8), length & 0xff) + item;
  return `\xf0${little(BigInt(length), 4)}${item}`;
}

/** @returns the item and how many bytes its encoding and data take */
function readEntry(bytes: string, at: number): readonly [item: string, size: number] | undefined {
  const tag = bytes.charCodeAt(at);
  const text = (header: number, length: number) => {
    const item = bytes.slice(at + header, at + header + length);
    return item.length === length ? ([item, header + length] as const) : undefined;
  };
  if (tag < 0x80) return [String(tag), 1];
  if (tag < 0xc0) return text(1, tag & 0x3f);
  const second = bytes.charCodeAt(at + 1);
  if (tag < 0xe0) return [String(BigInt.asIntN(13, BigInt(((tag & 0x1f) << 8) | second))), 2];
  if (tag < 0xf0) return text(2, ((tag & 0x0f) << 8) | second);
  if (tag === 0xf0) return text(5, Number(fromLittle(bytes, at + 1, 4)));
  const size = INTEGERS.find(([one]) => one === tag)?.[1];
  return size && [String(BigInt.asIntN(size * 8, fromLittle(bytes, at + 1, size))), size + 1];
}

/** A length in groups of seven bits, readable from its end. */
function backwards(length: number): string {
  let out = '';
  let rest = length;
  for (; rest > 0x7f; rest >>>= 7) out = String.fromCharCode((rest & 0x7f) | 0x80) + out;
  return String.fromCharCode(rest) + out;
}

/** The low bytes of an integer, lowest first. */
export function little(value: bigint, size: number): string {
  let out = '';
  for (let i = 0; i < size; i++) out += String.fromCharCode(Number((value >> BigInt(i * 8)) & 0xffn));
  return out;
}

export function fromLittle(bytes: string, at: number, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes.charCodeAt(at + i) || 0);
  return value;
}
