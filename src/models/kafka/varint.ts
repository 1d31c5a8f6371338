/**
 * The zig-zag varints that records are made of: small numbers of either sign take one byte.
 *
 * Values up to 53 bits are exact, which is all that offsets and times need.
 */
import { KafkaError } from './errors.js';

/** Bytes that a 32-bit value takes. */
export function varintBytes(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) return 1;
  if (zigzag < 0x4000) return 2;
  if (zigzag < 0x200000) return 3;
  return zigzag < 0x10000000 ? 4 : 5;
}

/** Bytes that a value of up to 53 bits takes. */
export function varlongBytes(value: number): number {
  if (value >= -0x40000000 && value < 0x40000000) return varintBytes(value);
  let zigzag = value < 0 ? -value * 2 - 1 : value * 2;
  let bytes = 1;
  for (; zigzag >= 0x80; zigzag = Math.floor(zigzag / 0x80)) bytes++;
  return bytes;
}

/** Writes a 32-bit value; returns the position behind it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  while (zigzag > 0x7f) {
    bytes[at++] = (zigzag & 0x7f) | 0x80;
    zigzag >>>= 7;
  }
  bytes[at++] = zigzag;
  return at;
}

/** Writes a value of up to 53 bits; returns the position behind it. */
export function writeVarlong(bytes: Uint8Array, at: number, value: number): number {
  if (value >= -0x40000000 && value < 0x40000000) return writeVarint(bytes, at, value);
  let zigzag = value < 0 ? -value * 2 - 1 : value * 2;
  while (zigzag >= 0x80) {
    bytes[at++] = (zigzag % 0x80) | 0x80;
    zigzag = Math.floor(zigzag / 0x80);
  }
  bytes[at++] = zigzag;
  return at;
}

/** Reads varints one after the other and never beyond the end. Throws KafkaError INVALID_RECORD for what cannot be. */
export class VarintReader {
  at: number;
  readonly bytes: Uint8Array;
  readonly end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte(): number {
    if (this.at >= this.end) throw endsEarly();
    return this.bytes[this.at++] as number;
  }

  varint(): number {
    const first = this.byte();
    return first < 0x80 ? (first >>> 1) ^ -(first & 1) : this.#longer(first & 0x7f);
  }

  #longer(value: number): number {
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new KafkaError('INVALID_RECORD', 'a varint in a record is longer than 5 bytes');
  }

  varlong(): number {
    const first = this.byte();
    if (first < 0x80) return (first >>> 1) ^ -(first & 1);
    let value = first & 0x7f;
    let scale = 0x80;
    for (let count = 1; count < 10; count++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      scale *= 0x80;
    }
    throw new KafkaError('INVALID_RECORD', 'a varint in a record is longer than 10 bytes');
  }

  /** Steps over `count` bytes and returns where they began. */
  skip(count: number): number {
    const at = this.at;
    if (count < 0 || count > this.end - at) {
      throw new KafkaError('INVALID_RECORD', `a length in a record is ${count} where ${this.end - at} bytes are left`);
    }
    this.at = at + count;
    return at;
  }
}

function endsEarly(): KafkaError {
  return new KafkaError('INVALID_RECORD', 'a record ends early');
}
