/**
 * Counts of distinct elements in a string: 16384 registers, each the longest run of zeros in the hashes that fell to it.
 *
 *     HYLL | 0 dense or 1 sparse | 000000 | last count: 8 LE, its highest bit says that it no longer holds
 *     dense:  registers of 6 bits, lowest bits first
 *     sparse: 00llllll zeros | 01llllll llllllll many zeros | 1vvvvvll one value; lengths and values less one
 *
 * @see https://redis.io/docs/latest/develop/data-types/probabilistic/hyperloglogs/ and https://arxiv.org/abs/1702.01284
 */
import { RedisError } from './errors.js';

const MAGIC = 'HYLL';
const CORRUPTED = 'INVALIDOBJ Corrupted HLL object detected';
const INDEX_BITS = 14n;
export const REGISTER_COUNT = 2 ** 14;
const HEADER_BYTES = 16;
const CACHE_AT = 8;
const DENSE_BYTES = (REGISTER_COUNT * 6) / 8;
/** Bits of a hash behind those that choose the register. */
const HASH_BITS = 50;
const STALE = 0x80;

const MOST_ZEROS = 64;
const LARGEST_SPARSE = 32;
const LONGEST_VALUE_RUN = 4;
/** How many runs behind a change are looked at for ones to join. */
const JOIN_WITHIN = 5;

/** Registers in a row with the same value. */
interface Run {
  readonly value: number;
  readonly length: number;
  readonly bytes: 1 | 2;
}

export class Hyperloglog {
  /** The last count in force, as it is stored. */
  #cache: Uint8Array;
  /** Undefined while the registers are kept as runs. */
  #dense: Uint8Array | undefined;
  #runs: Run[];

  private constructor(cache: Uint8Array, dense: Uint8Array | undefined, runs: Run[]) {
    this.#cache = cache;
    this.#dense = dense;
    this.#runs = runs;
  }

  static empty(): Hyperloglog {
    return new Hyperloglog(new Uint8Array(8), undefined, [{ value: 0, length: REGISTER_COUNT, bytes: 2 }]);
  }

  /** @returns undefined when the string is none */
  static parse(text: string): Hyperloglog | undefined {
    const encoding = text.charCodeAt(4);
    if (text.length < HEADER_BYTES || !text.startsWith(MAGIC) || encoding > 1) return undefined;
    const bytes = Buffer.from(text, 'latin1');
    const cache = bytes.subarray(CACHE_AT, HEADER_BYTES);
    const body = bytes.subarray(HEADER_BYTES);
    if (encoding === 1) return new Hyperloglog(cache, undefined, readRuns(body));
    return body.length === DENSE_BYTES ? new Hyperloglog(cache, readRegisters(body), []) : undefined;
  }

  get isDense(): boolean {
    return this.#dense !== undefined;
  }

  /** The count that was stored, while it holds. */
  get cached(): number | undefined {
    if ((this.#cache[7] as number) & STALE) return undefined;
    return Number(new DataView(this.#cache.buffer, this.#cache.byteOffset, 8).getBigUint64(0, true));
  }

  set cached(count: number | undefined) {
    const cache = Uint8Array.from(this.#cache);
    if (count === undefined) cache[7] = (cache[7] as number) | STALE;
    else new DataView(cache.buffer).setBigUint64(0, BigInt(count), true);
    this.#cache = cache;
  }

  /** @throws RedisError when the runs do not cover all registers */
  registers(): Uint8Array {
    if (this.#dense) return this.#dense;
    if (this.#runs.reduce((sum, { length }) => sum + length, 0) !== REGISTER_COUNT) throw new RedisError(CORRUPTED);
    const registers = new Uint8Array(REGISTER_COUNT);
    let at = 0;
    for (const { value, length } of this.#runs) {
      registers.fill(value, at, at + length);
      at += length;
    }
    return registers;
  }

  /** Counts an element. @returns whether that changed anything. @throws RedisError */
  add(element: string, sparseBytes: number): boolean {
    const hash = hashOf(element);
    let rest = hash >> INDEX_BITS;
    let zeros = 1;
    for (; zeros <= HASH_BITS && (rest & 1n) === 0n; zeros++) rest >>= 1n;
    return this.raise(Number(hash & (2n ** INDEX_BITS - 1n)), zeros, sparseBytes);
  }

  /** Raises a register. @param sparseBytes how long the runs may become before all registers are written out */
  raise(index: number, value: number, sparseBytes: number): boolean {
    if (!this.#dense) {
      if (value <= LARGEST_SPARSE) {
        const raised = this.#raiseRun(index, value, sparseBytes);
        if (raised !== undefined) return raised;
      }
      this.makeDense();
    }
    const registers = this.#dense as unknown as Uint8Array;
    if ((registers[index] as number) >= value) return false;
    registers[index] = value;
    return true;
  }

  makeDense(): void {
    this.#dense = this.registers();
  }

  /** The runs for people: `Z:` and `z:` of registers without a value, in two bytes and in one, `v:` of the others. */
  decodeSparse(): string {
    return this.#runs
      .map(({ value, length, bytes }) => (value > 0 ? `v:${value},${length}` : `${bytes === 2 ? 'Z' : 'z'}:${length}`))
      .join(' ');
  }

  text(): string {
    const body = this.#dense ? writeRegisters(this.#dense) : writeRuns(this.#runs);
    const head = Buffer.from([this.#dense ? 0 : 1, 0, 0, 0, ...this.#cache]);
    return MAGIC + head.toString('latin1') + body.toString('latin1');
  }

  /** @returns undefined when the runs would become too long */
  #raiseRun(index: number, value: number, sparseBytes: number): boolean | undefined {
    const runs = this.#runs;
    let at = 0;
    let first = 0;
    while (at < runs.length && index >= first + (runs[at] as Run).length) first += (runs[at++] as Run).length;
    const run = runs[at];
    if (!run) throw new RedisError(CORRUPTED);
    if (run.value >= value) return false;
    const before = part(run.value, index - first);
    const behind = part(run.value, first + run.length - 1 - index);
    const made = [...before, ...part(value, 1), ...behind];
    const size = made.reduce((sum, { bytes }) => sum + bytes, 0);
    const total = HEADER_BYTES + runs.reduce((sum, { bytes }) => sum + bytes, 0) - run.bytes + size;
    if (size > run.bytes && total > sparseBytes) return undefined;
    runs.splice(at, 1, ...made);
    join(runs, Math.max(0, at - 1));
    this.cached = undefined;
    return true;
  }
}

/** Joins values that stand next to each other, near a change. */
function join(runs: Run[], from: number): void {
  for (let at = from, left = JOIN_WITHIN; at < runs.length && left > 0; left--) {
    const run = runs[at] as Run;
    const next = runs[at + 1];
    const length = run.length + (next?.length ?? 0);
    if (run.value > 0 && next?.value === run.value && length <= LONGEST_VALUE_RUN) {
      runs.splice(at, 2, { value: run.value, length, bytes: 1 });
    } else at++;
  }
}

function part(value: number, length: number): Run[] {
  if (length === 0) return [];
  return [{ value, length, bytes: value === 0 && length > MOST_ZEROS ? 2 : 1 }];
}

function readRuns(body: Uint8Array): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] as number;
    if (byte & 0x80) runs.push({ value: ((byte >> 2) & 0x1f) + 1, length: (byte & 3) + 1, bytes: 1 });
    else if (byte & 0x40) runs.push({ value: 0, length: (((byte & 0x3f) << 8) | (body[++i] ?? 0)) + 1, bytes: 2 });
    else runs.push({ value: 0, length: byte + 1, bytes: 1 });
  }
  return runs;
}

function writeRuns(runs: readonly Run[]): Buffer {
  return Buffer.from(
    runs.flatMap(({ value, length, bytes }) => {
      if (value > 0) return [0x80 | ((value - 1) << 2) | (length - 1)];
      return bytes === 2 ? [0x40 | ((length - 1) >> 8), (length - 1) & 0xff] : [length - 1];
    }),
  );
}

function readRegisters(body: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: REGISTER_COUNT }, (_, i) => {
    const at = Math.floor((i * 6) / 8);
    return (((body[at] as number) | ((body[at + 1] ?? 0) << 8)) >> ((i * 6) % 8)) & 0x3f;
  });
}

function writeRegisters(registers: Uint8Array): Buffer {
  const body = Buffer.alloc(DENSE_BYTES);
  for (const [i, value] of registers.entries()) {
    const at = Math.floor((i * 6) / 8);
    const bits = value << ((i * 6) % 8);
    body[at] = (body[at] as number) | (bits & 0xff);
    if (bits > 0xff) body[at + 1] = (body[at + 1] as number) | (bits >> 8);
  }
  return body;
}

/** How many distinct elements registers stand for. */
export function estimate(registers: Uint8Array): number {
  const histogram = new Array<number>(64).fill(0);
  for (const value of registers) histogram[value] = (histogram[value] as number) + 1;
  let z = REGISTER_COUNT * tau((REGISTER_COUNT - (histogram[HASH_BITS + 1] as number)) / REGISTER_COUNT);
  for (let value = HASH_BITS; value >= 1; value--) z = (z + (histogram[value] as number)) * 0.5;
  z += REGISTER_COUNT * sigma((histogram[0] as number) / REGISTER_COUNT);
  return Math.round(((0.5 / Math.LN2) * REGISTER_COUNT * REGISTER_COUNT) / z);
}

function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let z = share;
  for (let y = 1, last = Number.NaN; z !== last; y += y) {
    x *= x;
    last = z;
    z += x * y;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let z = 1 - share;
  for (let y = 0.5, last = Number.NaN; z !== last; y *= 0.5) {
    x = Math.sqrt(x);
    last = z;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}

const SEED = 0xadc83b19n;
const MULTIPLIER = 0xc6a4a7935bd1e995n;
const WORD = 2n ** 64n - 1n;
const times = (value: bigint): bigint => (value * MULTIPLIER) & WORD;
const mixed = (value: bigint): bigint => value ^ (value >> 47n);

/** MurmurHash64A. */
function hashOf(element: string): bigint {
  const bytes = Buffer.from(element, 'latin1');
  let hash = SEED ^ times(BigInt(bytes.length));
  const tailAt = bytes.length - (bytes.length % 8);
  for (let at = 0; at < tailAt; at += 8) hash = times(hash ^ times(mixed(times(bytes.readBigUInt64LE(at)))));
  if (tailAt < bytes.length) {
    let tail = 0n;
    for (let i = bytes.length - 1; i >= tailAt; i--) tail = (tail << 8n) | BigInt(bytes[i] as number);
    hash = times(hash ^ tail);
  }
  return mixed(times(mixed(hash)));
}
