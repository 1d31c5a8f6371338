const SLAB_BYTES = 16 * 1024;

/**
 * Writes big-endian values into a slab and hands out finished pieces as views on it, so that a frame costs no
 * allocation of its own. A piece never moves or changes once it was taken.
 */
export class Writer {
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #start = 0;
  at = 0;

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.at - this.#start;
  }

  /** The bytes written since the last `take`. */
  take(): Uint8Array {
    const piece = this.#slab.subarray(this.#start, this.at);
    this.#start = this.at;
    return piece;
  }

  /** Forgets what was written since the last `take`. */
  discard(): void {
    this.at = this.#start;
  }

  /** Position of the next byte within the piece, to come back to by `patchUint32`. */
  get mark(): number {
    return this.at - this.#start;
  }

  /** Writes over four bytes that were written before at `mark`. */
  patchUint32(mark: number, value: number): void {
    this.#putUint32(this.#start + mark, value);
  }

  uint8(value: number): void {
    const at = this.#reserve(1);
    this.#slab[at] = value;
  }

  uint16(value: number): void {
    const at = this.#reserve(2);
    const slab = this.#slab;
    slab[at] = value >>> 8;
    slab[at + 1] = value;
  }

  uint32(value: number): void {
    this.#putUint32(this.#reserve(4), value);
  }

  /** @param value a whole number from 0 */
  uint64(value: number): void {
    this.uint32(Math.floor(value / 0x100000000));
    this.uint32(value >>> 0);
  }

  int64(value: bigint): void {
    const bits = BigInt.asUintN(64, value);
    this.uint32(Number(bits >> 32n));
    this.uint32(Number(bits & 0xffffffffn));
  }

  float32(value: number): void {
    const at = this.#reserve(4);
    this.#slab.writeFloatBE(value, at);
  }

  float64(value: number): void {
    const at = this.#reserve(8);
    this.#slab.writeDoubleBE(value, at);
  }

  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length);
    this.#slab.set(value, at);
  }

  /** Length octet and UTF-8; what is longer than 255 bytes is cut at a character. */
  shortstr(text: string): void {
    const length = text.length;
    if (length <= 127) {
      const at = this.#reserve(length + 1);
      const slab = this.#slab;
      slab[at] = length;
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 0x7f) break;
        slab[at + 1 + i] = code;
      }
      if (i === length) return;
      this.at = at;
    }
    const at = this.#reserve(256);
    const written = this.#slab.write(text, at + 1, 255, 'utf8');
    this.#slab[at] = written;
    this.at = at + 1 + written;
  }

  /** Length of 32 bits and bytes, or a text as UTF-8. */
  longstr(value: Uint8Array | string): void {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
    this.uint32(bytes.length);
    this.bytes(bytes);
  }

  #putUint32(at: number, value: number): void {
    const slab = this.#slab;
    slab[at] = value >>> 24;
    slab[at + 1] = value >>> 16;
    slab[at + 2] = value >>> 8;
    slab[at + 3] = value;
  }

  #reserve(count: number): number {
    if (this.at + count > this.#slab.length) this.#renew(count);
    const at = this.at;
    this.at = at + count;
    return at;
  }

  #renew(count: number): void {
    const written = this.at - this.#start;
    const slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, (written + count) * 2));
    slab.set(this.#slab.subarray(this.#start, this.at));
    this.#slab = slab;
    this.#start = 0;
    this.at = written;
  }
}
