/**
 * Bytes that have arrived and are not consumed yet: the one place where chunks are joined for the frame splitters.
 *
 * A frame that lies within one chunk is a view on it, without a copy. Waiting for more never rescans what was seen:
 * chunks are joined only when a reader asks for a span that crosses them, and the joined buffer grows by doubling.
 */
export class ByteQueue {
  #buffer: Uint8Array = EMPTY;
  #start = 0;
  #end = 0;
  /** `#buffer` as one that can be cut into texts; made when first asked for. */
  #textual: Buffer | undefined;
  /** True when `#buffer` is ours to append to, false when it is a chunk of somebody else's. */
  #owned = false;

  /** Number of bytes waiting. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Appends a chunk, which must not change afterwards. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const waiting = this.length;
    if (waiting === 0) {
      this.#buffer = chunk;
      this.#textual = undefined;
      this.#start = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    const needed = waiting + chunk.length;
    if (!this.#owned || this.#end + chunk.length > this.#buffer.length) {
      // Views handed out may still point into the old buffer, so it is replaced, never moved within itself.
      const grown = new Uint8Array(Math.max(needed * 2, 1024));
      grown.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = grown;
      this.#textual = undefined;
      this.#start = 0;
      this.#end = waiting;
      this.#owned = true;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The byte at `offset` from the front; undefined beyond the end. */
  at(offset: number): number | undefined {
    return offset < this.length ? this.#buffer[this.#start + offset] : undefined;
  }

  /** Unsigned 32-bit big-endian integer at `offset`; the caller has checked `length`. */
  uint32(offset: number): number {
    const at = this.#start + offset;
    const b = this.#buffer as { [index: number]: number };
    return (
      (((b[at] as number) << 24) |
        ((b[at + 1] as number) << 16) |
        ((b[at + 2] as number) << 8) |
        (b[at + 3] as number)) >>>
      0
    );
  }

  /** Unsigned 16-bit big-endian integer at `offset`; the caller has checked `length`. */
  uint16(offset: number): number {
    const at = this.#start + offset;
    return ((this.#buffer[at] as number) << 8) | (this.#buffer[at + 1] as number);
  }

  /** Position of `byte` at or after `from`, -1 when it has not arrived. */
  indexOf(byte: number, from = 0): number {
    const found = this.#buffer.indexOf(byte, this.#start + from);
    return found === -1 || found >= this.#end ? -1 : found - this.#start;
  }

  /** A view on the first `count` bytes, which stay. */
  peek(count: number): Uint8Array {
    return this.#buffer.subarray(this.#start, Math.min(this.#start + count, this.#end));
  }

  /** The first `count` bytes, which stay, as a text of one character a byte. */
  latin1(count: number): string {
    const { buffer, byteOffset, length } = this.#buffer;
    this.#textual ??= Buffer.from(buffer, byteOffset, length);
    return this.#textual.toString('latin1', this.#start, Math.min(this.#start + count, this.#end));
  }

  /** A view on `count` bytes from `offset` on, valid for ever; the caller has checked `length`. */
  view(offset: number, count: number): Uint8Array {
    const { buffer, byteOffset } = this.#buffer;
    // A Buffer's subarray would take three times as long.
    return new Uint8Array(buffer, byteOffset + this.#start + offset, count);
  }

  /** Removes the first `count` bytes and returns a view on them, valid for ever; the caller has checked `length`. */
  take(count: number): Uint8Array {
    const view = this.#buffer.subarray(this.#start, this.#start + count);
    this.skip(count);
    return view;
  }

  /** Drops the first `count` bytes. */
  skip(count: number): void {
    this.#start += count;
    if (this.#start >= this.#end) this.clear();
  }

  clear(): void {
    this.#buffer = EMPTY;
    this.#textual = undefined;
    this.#start = 0;
    this.#end = 0;
    this.#owned = false;
  }
}

const EMPTY = new Uint8Array(0);
