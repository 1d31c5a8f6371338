import { invariant } from './errors.js';

/**
 * Seeded chance (xoshiro128**). The generator is our own, so that a seed means the same for ever and on every
 * platform. Every identifier that a broker makes up comes from here.
 *
 * @see https://prng.di.unimi.it/xoshiro128starstar.c
 */
export class Random {
  readonly #state = new Uint32Array(4);

  /** @param seed any integer; equal seeds give equal sequences */
  constructor(seed: number) {
    // splitmix32 spreads the seed over the whole state, which must not be all zero.
    let z = seed | 0;
    for (let i = 0; i < 4; i++) {
      z = (z + 0x9e3779b9) | 0;
      let mixed = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      this.#state[i] = mixed ^ (mixed >>> 15);
    }
    if (this.#state.every((word) => word === 0)) this.#state[0] = 1;
  }

  /** The next 32 random bits as an unsigned integer. */
  uint32(): number {
    const s = this.#state as unknown as [number, number, number, number];
    const product = Math.imul(s[1], 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** A float in [0, 1) with 53 random bits. */
  float(): number {
    return (this.uint32() * 0x200000 + (this.uint32() >>> 11)) / 0x20000000000000;
  }

  /** An integer in [0, bound), without modulo bias. @param bound 1 to 2^32 */
  int(bound: number): number {
    const limit = 0x100000000 - (0x100000000 % bound);
    for (;;) {
      const value = this.uint32();
      if (value < limit) return value % bound;
    }
  }

  /** One element of a non-empty list. */
  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)] as T;
  }

  /** `count` random bytes. */
  bytes(count: number): Uint8Array {
    const out = new Uint8Array(count);
    for (let i = 0; i < count; i += 4) {
      const word = this.uint32();
      for (let k = 0; k < 4 && i + k < count; k++) out[i + k] = word >>> (8 * k);
    }
    return out;
  }

  /** `count` characters of `alphabet`. */
  text(count: number, alphabet: string): string {
    let out = '';
    for (let i = 0; i < count; i++) out += alphabet[this.int(alphabet.length)];
    return out;
  }

  /** A version 4 UUID in its usual text form. */
  uuid(): string {
    const bytes = this.bytes(16);
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** An independent generator; what one consumer draws does not shift what another sees. */
  fork(): Random {
    return new Random(this.uint32());
  }

  /** The state, for a snapshot. */
  save(): number[] {
    return Array.from(this.#state);
  }

  /** Continues from a saved state. */
  load(state: readonly number[]): void {
    invariant(state.length === 4, 'a state has four words');
    this.#state.set(state);
  }
}
