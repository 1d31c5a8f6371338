const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** How deep tables and arrays may nest, and how many values one table may hold in all. */
export interface TableLimits {
  readonly amqpTableDepth: number;
  readonly amqpTableEntries: number;
}

const DEFAULT_LIMITS: TableLimits = { amqpTableDepth: 128, amqpTableEntries: 10_000 };

/** Bytes that are no method, property list or table; the session answers it with 501 FRAME_ERROR. */
export class MalformedBytesError extends Error {
  override readonly name: string = 'MalformedBytesError';
}

/** Text that is no UTF-8 where the protocol wants UTF-8. */
export class MalformedTextError extends MalformedBytesError {
  override readonly name: string = 'MalformedTextError';
}

/** Reads big-endian values off a span of bytes, and never beyond its end. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly limits: TableLimits;
  at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length, limits: TableLimits = DEFAULT_LIMITS) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.limits = limits;
  }

  /** A reader of the next `count` bytes, which are skipped here. */
  inside(count: number): Reader {
    const at = this.#advance(count);
    return new Reader(this.bytes, at, at + count, this.limits);
  }

  get left(): number {
    return this.end - this.at;
  }

  /** Moves on by `count` bytes and returns where they began. @throws MalformedBytesError when they are not there */
  #advance(count: number): number {
    const at = this.at;
    if (count > this.end - at) {
      throw new MalformedBytesError(`${count} bytes are wanted and ${this.end - at} are left`);
    }
    this.at = at + count;
    return at;
  }

  uint8(): number {
    return this.bytes[this.#advance(1)] as number;
  }

  uint16(): number {
    const at = this.#advance(2);
    return ((this.bytes[at] as number) << 8) | (this.bytes[at + 1] as number);
  }

  uint32(): number {
    const at = this.#advance(4);
    const b = this.bytes as { [index: number]: number };
    return (
      (((b[at] as number) << 24) |
        ((b[at + 1] as number) << 16) |
        ((b[at + 2] as number) << 8) |
        (b[at + 3] as number)) >>>
      0
    );
  }

  /** An unsigned 64-bit integer as a number: exact up to 2^53, which no delivery tag reaches. */
  uint64(): number {
    const high = this.uint32();
    return high * 0x100000000 + this.uint32();
  }

  int64(): bigint {
    const high = this.uint32();
    return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(this.uint32()));
  }

  float32(): number {
    const at = this.#advance(4);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 4).getFloat32(0);
  }

  float64(): number {
    const at = this.#advance(8);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 8).getFloat64(0);
  }

  /** A view on the next `count` bytes. */
  view(count: number): Uint8Array {
    const at = this.#advance(count);
    return this.bytes.subarray(at, at + count);
  }

  /** Length octet and UTF-8 text. @throws MalformedTextError */
  shortstr(): string {
    const length = this.uint8();
    const at = this.#advance(length);
    return readUtf8(this.bytes, at, at + length);
  }

  /** Length of 32 bits and any bytes. */
  longstr(): Uint8Array {
    return this.view(this.uint32());
  }
}

/** Whether what stands from `start` to the end is the same as `end`. */
export function endsWith(bytes: Uint8Array, start: number, end: Uint8Array): boolean {
  if (bytes.length - start !== end.length) return false;
  for (let i = 0; i < end.length; i++) if (bytes[start + i] !== end[i]) return false;
  return true;
}

/** Text of UTF-8 bytes; short names are faster without a decoder. @throws MalformedTextError */
export function readUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start > 64) return decodeUtf8(bytes.subarray(start, end));
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte > 0x7f) return decodeUtf8(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new MalformedTextError('Malformed UTF-8 in shortstr');
  }
}
