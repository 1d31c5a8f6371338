import { invariant } from '../../core/errors.js';

// Below this a byte field is copied into the answer, above it leaves as it is stored.
const SHARE_FROM_BYTES = 1024;
const SHORT_TEXT = 32;

/**
 * Writes Kafka's primitive types, big-endian, into a growing buffer.
 *
 * Large byte fields (record batches) are not copied: the answer is a list of parts that leave one after the other.
 */
export class Writer {
  #buffer: Buffer;
  #position = 0;
  /** Start of the part that is being written. */
  #partStart = 0;
  #parts: Uint8Array[] | undefined;
  #finishedBytes = 0;

  constructor(expectedBytes = 256) {
    this.#buffer = Buffer.allocUnsafe(expectedBytes);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#finishedBytes + this.#position - this.#partStart;
  }

  int8(value: number): void {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
  }

  int16(value: number): void {
    const at = this.#reserve(2);
    this.#buffer[at] = value >> 8;
    this.#buffer[at + 1] = value;
  }

  int32(value: number): void {
    const at = this.#reserve(4);
    const buffer = this.#buffer;
    buffer[at] = value >> 24;
    buffer[at + 1] = value >> 16;
    buffer[at + 2] = value >> 8;
    buffer[at + 3] = value;
  }

  /** The largest one stands for the double next to it. */
  int64(value: number): void {
    invariant(Number.isInteger(value) && Math.abs(value) <= 2 ** 63, `${value} is no 64-bit integer`);
    if (value === 2 ** 63) {
      this.int32(0x7fffffff);
      return this.int32(-1);
    }
    const high = Math.floor(value / 0x100000000);
    this.int32(high);
    this.int32(value - high * 0x100000000);
  }

  float64(value: number): void {
    // The position comes first: reserving may replace the buffer.
    const at = this.#reserve(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  unsignedVarint(value: number): void {
    let left = value >>> 0;
    while (left > 0x7f) {
      this.int8(left | 0x80);
      left >>>= 7;
    }
    this.int8(left);
  }

  /** The usual text form. */
  uuid(value: string): void {
    const at = this.#reserve(16);
    const count = this.#buffer.write(value.replaceAll('-', ''), at, 16, 'hex');
    invariant(count === 16 && value.length === 36, `'${value}' is no UUID`);
  }

  /** UTF-8 text behind its length. */
  text(value: string, flexible: boolean): void {
    if (value.length <= SHORT_TEXT && this.#shortAscii(value, flexible)) return;
    const bytes = Buffer.byteLength(value, 'utf8');
    if (flexible) this.unsignedVarint(bytes + 1);
    else {
      invariant(bytes <= 0x7fff, `a text of ${bytes} bytes does not fit; 32767 are the most`);
      this.int16(bytes);
    }
    // The position comes first: reserving may replace the buffer.
    const at = this.#reserve(bytes);
    this.#buffer.write(value, at, bytes, 'utf8');
  }

  /** Length of what follows, -1 for null. */
  length32(length: number, flexible: boolean): void {
    if (flexible) this.unsignedVarint(length + 1);
    else this.int32(length);
  }

  /** As `length32` where older versions have 16 bits. */
  length16(length: number, flexible: boolean): void {
    if (flexible) this.unsignedVarint(length + 1);
    else this.int16(length);
  }

  /** Bytes as they are; large ones are shared, so they must not change afterwards. */
  raw(bytes: Uint8Array): void {
    if (bytes.length < SHARE_FROM_BYTES) {
      const at = this.#reserve(bytes.length);
      this.#buffer.set(bytes, at);
      return;
    }
    this.#closePart();
    (this.#parts as Uint8Array[]).push(bytes);
    this.#finishedBytes += bytes.length;
  }

  /** Everything that another writer holds. */
  append(other: Writer): void {
    for (const part of other.parts()) this.raw(part);
  }

  /** The whole answer in order. The writer must not be used afterwards. */
  parts(): Uint8Array[] {
    this.#closePart();
    return this.#parts as Uint8Array[];
  }

  /** The whole answer as one piece. */
  bytes(): Uint8Array {
    const parts = this.parts();
    return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
  }

  #shortAscii(value: string, flexible: boolean): boolean {
    const { length } = value;
    const prefix = flexible ? 1 : 2;
    const start = this.#reserve(length + prefix);
    const buffer = this.#buffer;
    let at = start;
    if (flexible) buffer[at++] = length + 1;
    else {
      buffer[at++] = 0;
      buffer[at++] = length;
    }
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) {
        this.#position = start;
        return false;
      }
      buffer[at++] = code;
    }
    return true;
  }

  #closePart(): void {
    this.#parts ??= [];
    if (this.#position === this.#partStart) return;
    this.#parts.push(this.#buffer.subarray(this.#partStart, this.#position));
    this.#finishedBytes += this.#position - this.#partStart;
    this.#partStart = this.#position;
  }

  #reserve(count: number): number {
    const at = this.#position;
    if (at + count <= this.#buffer.length) {
      this.#position = at + count;
      return at;
    }
    // What earlier parts show of the old buffer stays as it is; only the open part moves.
    const open = this.#buffer.subarray(this.#partStart, at);
    const grown = Buffer.allocUnsafe(Math.max((open.length + count) * 2, 256));
    grown.set(open);
    this.#buffer = grown;
    this.#partStart = 0;
    this.#position = open.length + count;
    return open.length;
  }
}
