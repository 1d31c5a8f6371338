/** Bytes that do not follow the protocol. The session answers by closing the connection, as Kafka does. */
export class MalformedRequestError extends Error {
  override readonly name = 'MalformedRequestError';
}

export const NO_UUID = '00000000-0000-0000-0000-000000000000';

const EMPTY = new Uint8Array(0);

/**
 * Reads Kafka's primitive types, big-endian, and never beyond the end.
 *
 * Lengths are checked against what is there before anything is made of them; byte fields are views, not copies.
 * Every method throws MalformedRequestError for what cannot be.
 */
export class Reader {
  position: number;
  readonly end: number;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.#bytes = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.position = position;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  int8(): number {
    return (this.#byte() << 24) >> 24;
  }

  int16(): number {
    return (this.uint16() << 16) >> 16;
  }

  uint16(): number {
    const at = this.#advance(2);
    const bytes = this.#bytes as { [index: number]: number };
    return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  }

  int32(): number {
    const at = this.#advance(4);
    const bytes = this.#bytes as { [index: number]: number };
    return (
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)
    );
  }

  /** A 64-bit integer; beyond 53 bits the nearest double. */
  int64(): number {
    const high = this.int32();
    return high * 0x100000000 + (this.int32() >>> 0);
  }

  float64(): number {
    return this.#bytes.readDoubleBE(this.#advance(8));
  }

  boolean(): boolean {
    return this.#byte() !== 0;
  }

  /** LEB128 without zig-zag, at most five bytes. */
  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    const last = this.#byte();
    if (last > 0x0f) throw new MalformedRequestError('a varint is longer than 32 bits');
    return (value | (last << 28)) >>> 0;
  }

  /** UTF-8 text of `length` bytes. */
  text(length: number): string {
    const at = this.#advance(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** A view on the next `length` bytes. */
  view(length: number): Uint8Array {
    if (length === 0) return EMPTY;
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** The usual text form, in lower case. */
  uuid(): string {
    const at = this.#advance(16);
    const hex = this.#bytes.toString('hex', at, at + 16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** Length of what follows, -1 for null, which any negative one says: an `int32`, or one more than it as a varint in flexible versions. */
  length32(flexible: boolean): number {
    return this.#bounded(flexible ? this.unsignedVarint() - 1 : this.int32());
  }

  /** As `length32` for text, whose length has 16 bits in older versions. */
  length16(flexible: boolean): number {
    return this.#bounded(flexible ? this.unsignedVarint() - 1 : this.int16());
  }

  /** A nullable text with a 16-bit length: the client id of every request header. */
  legacyText(): string | null {
    const length = this.length16(false);
    return length === -1 ? null : this.text(length);
  }

  /**
   * A section of tagged fields; `read` gets those that it wants, all others are skipped.
   *
   * @param read reads exactly the field's bytes and returns true, or returns false for an unknown tag
   */
  tags(read?: (tag: number, field: Reader) => boolean): void {
    let previous = -1;
    for (let left = this.unsignedVarint(); left > 0; left--) {
      const tag = this.unsignedVarint();
      if (tag <= previous) throw new MalformedRequestError(`tagged field ${tag} follows ${previous}`);
      previous = tag;
      const size = this.#bounded(this.unsignedVarint());
      const at = this.#advance(size);
      if (!read) continue;
      const field = new Reader(this.#bytes, at, at + size);
      if (read(tag, field) && field.remaining > 0) {
        throw new MalformedRequestError(`tagged field ${tag} is ${field.remaining} bytes too long`);
      }
    }
  }

  #bounded(length: number): number {
    if (length < 0) return -1;
    if (length > this.end - this.position) {
      throw new MalformedRequestError(`a length is ${length} where ${this.remaining} bytes are left`);
    }
    return length;
  }

  #byte(): number {
    return this.#bytes[this.#advance(1)] as number;
  }

  #advance(count: number): number {
    const at = this.position;
    if (count > this.end - at)
      throw new MalformedRequestError(`the request ends ${count - this.remaining} bytes early`);
    this.position = at + count;
    return at;
  }
}
