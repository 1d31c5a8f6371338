import type { Random } from '../../core/random.js';

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;

/**
 * The hash by which Java's producer spreads keys, as a signed 32-bit integer.
 *
 * @see https://kafka.apache.org/documentation/#producerconfigs_partitioner.class
 */
export function murmur2(key: Uint8Array): number {
  const { length } = key;
  const k = key as { [index: number]: number } as number[];
  let hash = SEED ^ length;
  const whole = length & ~3;
  for (let at = 0; at < whole; at += 4) {
    let word =
      (k[at] as number) | ((k[at + 1] as number) << 8) | ((k[at + 2] as number) << 16) | ((k[at + 3] as number) << 24);
    word = Math.imul(word, MULTIPLIER);
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  const left = length - whole;
  if (left >= 3) hash ^= (k[whole + 2] as number) << 16;
  if (left >= 2) hash ^= (k[whole + 1] as number) << 8;
  if (left >= 1) hash = Math.imul(hash ^ (k[whole] as number), MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/** The partition of a key: equal keys meet in one partition, as long as there are equally many. */
export function partitionOfKey(key: Uint8Array, partitionCount: number): number {
  return (murmur2(key) & 0x7fffffff) % partitionCount;
}

/** Where records without a key go. */
export interface KeylessPartitioner {
  /** The partition of a record of `bytes`. */
  pick(partitionCount: number, bytes: number): number;
  /** A batch is complete. */
  batchEnded(partitionCount: number): void;
}

/** Stays in one partition for a batch, then goes on to another one, by chance (KIP-480). */
export class StickyPartitioner implements KeylessPartitioner {
  readonly #random: Random;
  #current: number | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  pick(partitionCount: number): number {
    if (this.#current === undefined || this.#current >= partitionCount) {
      this.#current = this.#random.int(partitionCount);
    }
    return this.#current;
  }

  batchEnded(partitionCount: number): void {
    if (this.#current === undefined || partitionCount < 2) return;
    // Any other one: what is drawn stands for the distance.
    this.#current = (this.#current + 1 + this.#random.int(partitionCount - 1)) % partitionCount;
  }
}

/** One after the other. */
export class RoundRobinPartitioner implements KeylessPartitioner {
  #next = 0;

  pick(partitionCount: number): number {
    const picked = this.#next % partitionCount;
    this.#next = picked + 1;
    return picked;
  }

  batchEnded(): void {}
}

/**
 * Stays in one partition until it has written `batchBytes` there, then picks the next by chance, a shorter queue more
 * often (KIP-794).
 */
export class UniformStickyPartitioner implements KeylessPartitioner {
  readonly #random: Random;
  readonly #batchBytes: number;
  readonly #queueLengths: () => readonly number[];
  #current: number | undefined;
  #written = 0;

  /** @param queueLengths what waits for each partition; equal ones are equally likely */
  constructor(random: Random, batchBytes: number, queueLengths: () => readonly number[] = () => []) {
    this.#random = random;
    this.#batchBytes = batchBytes;
    this.#queueLengths = queueLengths;
  }

  pick(partitionCount: number, bytes: number): number {
    if (this.#current === undefined || this.#current >= partitionCount || this.#written >= 2 * this.#batchBytes) {
      this.#switch(partitionCount);
    }
    this.#written += bytes;
    return this.#current as number;
  }

  batchEnded(partitionCount: number): void {
    if (this.#written >= this.#batchBytes) this.#switch(partitionCount);
  }

  #switch(partitionCount: number): void {
    this.#written = 0;
    const queues = this.#queueLengths();
    if (queues.length !== partitionCount) {
      this.#current = this.#random.int(partitionCount);
      return;
    }
    const weightOf = Math.max(...queues) + 1;
    let left = this.#random.int(queues.reduce((sum, length) => sum + weightOf - length, 0));
    this.#current = queues.findIndex((length) => {
      left -= weightOf - length;
      return left < 0;
    });
  }
}
