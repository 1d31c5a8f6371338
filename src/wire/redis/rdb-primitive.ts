/**
 * Lengths, strings and numbers as RDB data holds them:
 *
 *     length: 00 6 bits | 01 14 bits | 0x80 4 BE | 0x81 8 BE
 *     string: length bytes | 0xc0..0xc2 integer of 1, 2 or 4 LE | 0xc3 packed length, length, LZF
 *
 * @see https://rdb.fnordig.de/file_format.html
 */
import { parseFloat64, strictInt64 } from './handlers/number.js';
import { decodeListpack, fromLittle, little } from './listpack.js';
import { compressLzf, decompressLzf } from './lzf.js';

/** What a list node says when it holds a listpack. */
export const PACKED = 2;

/** An unsigned number in as few bytes as it takes. */
export function length(value: number | bigint): string {
  if (value < 1 << 6) return String.fromCharCode(Number(value));
  if (value < 1 << 14) return String.fromCharCode(0x40 | (Number(value) >> 8), Number(value) & 0xff);
  return value < 2 ** 32 ? `\x80${big(BigInt(value), 4)}` : `\x81${big(BigInt(value), 8)}`;
}

/** The low bytes of an integer, highest first. */
export function big(value: bigint, size: number): string {
  return [...little(value, size)].reverse().join('');
}

export function fromBig(bytes: string): bigint {
  return fromLittle([...bytes].reverse().join(''), 0, bytes.length);
}

const LONGEST_INTEGER = 11;
const SHORTEST_COMPRESSED = 20;

/** A string: a small integer, compressed, or as it is. */
export function text(value: string): string {
  const number = value.length <= LONGEST_INTEGER ? strictInt64(value) : undefined;
  if (number !== undefined) {
    for (const [tag, size] of ['\xc0', '\xc1', '\xc2'].map((one, i) => [one, 1 << i] as const)) {
      if (BigInt.asIntN(size * 8, number) === number) return tag + little(number, size);
    }
  }
  const compressed = value.length > SHORTEST_COMPRESSED ? compressLzf(value) : undefined;
  if (compressed !== undefined) return `\xc3${length(compressed.length)}${length(value.length)}${compressed}`;
  return length(value.length) + value;
}

/** Reads on from where it stands; `broken` once something made no sense, and everything after it is empty. */
export class RdbReader {
  readonly #bytes: string;
  #at = 0;
  broken = false;

  constructor(bytes: string) {
    this.#bytes = bytes;
  }

  /** Whether there is nothing more to read. */
  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  many<T>(one: () => T): T[] {
    const count = this.length();
    const items: T[] = [];
    while (items.length < count && !this.broken) items.push(one());
    return items;
  }

  text(): string {
    const first = this.#peek();
    if (first < 0xc0) return this.take(this.length());
    this.#at++;
    if (first <= 0xc2) {
      const size = 1 << (first - 0xc0);
      return String(BigInt.asIntN(size * 8, fromLittle(this.take(size), 0, size)));
    }
    if (first !== 0xc3) return this.fail();
    const compressed = this.length();
    const size = this.length();
    return decompressLzf(this.take(compressed), size) ?? this.fail();
  }

  double(): number {
    const bytes = this.take(8);
    return this.broken ? 0 : Buffer.from(bytes, 'latin1').readDoubleLE();
  }

  /** A score as text, or one of three marks. */
  doubleText(): number {
    const size = this.take(1).charCodeAt(0);
    if (size >= 253) return [Number.NaN, Infinity, -Infinity][size - 253] as number;
    return parseFloat64(this.take(size)) ?? Number(this.fail());
  }

  listpack(): string[] {
    const items = decodeListpack(this.text());
    if (!items) this.fail();
    return items ?? [];
  }

  intset(): string[] {
    const bytes = this.text();
    const size = Number(fromLittle(bytes, 0, 4));
    const count = Number(fromLittle(bytes, 4, 4));
    if (![2, 4, 8].includes(size) || bytes.length !== 8 + size * count) this.fail();
    if (this.broken) return [];
    return Array.from({ length: count }, (_, i) =>
      String(BigInt.asIntN(size * 8, fromLittle(bytes, 8 + i * size, size))),
    );
  }

  listNode(): string[] {
    return this.length() === PACKED ? this.listpack() : [this.text()];
  }

  length(): number {
    return Number(this.bigLength());
  }

  bigLength(): bigint {
    const first = this.#peek();
    this.#at++;
    if (first < 0x40) return BigInt(first);
    if (first < 0x80) return BigInt(((first & 0x3f) << 8) | this.take(1).charCodeAt(0));
    const size = first === 0x80 ? 4 : first === 0x81 ? 8 : 0;
    if (size === 0) this.fail();
    return fromBig(this.take(size));
  }

  #peek(): number {
    if (this.#at >= this.#bytes.length) this.fail();
    return this.#bytes.charCodeAt(this.#at);
  }

  /** The next bytes; none when there are not as many. */
  take(count: number): string {
    const bytes = this.#bytes.slice(this.#at, this.#at + count);
    if (bytes.length !== count) return this.fail();
    this.#at += count;
    return bytes;
  }

  /** What was read makes no sense. */
  fail(): string {
    this.broken = true;
    this.#at = this.#bytes.length;
    return '';
  }
}
