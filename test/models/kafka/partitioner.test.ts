import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/core/random.js';
import {
  murmur2,
  partitionOfKey,
  RoundRobinPartitioner,
  StickyPartitioner,
  UniformStickyPartitioner,
} from '../../../src/models/kafka/partitioner.js';

/** Computed by the Java client's own class; the same come from kafkajs' default partitioner. */
const VECTORS: ReadonlyArray<
  readonly [key: string, hash: number, of3: number, of6: number, of12: number, of100: number]
> = [
  ['', 275646681, 0, 3, 9, 81],
  ['a', -1563381124, 1, 4, 4, 24],
  ['b', -1853091852, 2, 2, 8, 96],
  ['ab', 316155434, 2, 2, 2, 34],
  ['abc', 479470107, 0, 3, 3, 7],
  ['abcd', -1323649548, 2, 2, 8, 0],
  ['kafka', -798503068, 1, 4, 4, 80],
  ['21', -973932308, 0, 0, 0, 40],
  ['foobar', -790332482, 0, 0, 6, 66],
  ['user-12345', -243491053, 1, 1, 7, 95],
  ['ключ', 2122343024, 2, 2, 8, 24],
  ['😀', 131881617, 0, 3, 9, 17],
];

test.each(VECTORS)('key %j hashes as in Java', (key, hash, of3, of6, of12, of100) => {
  const bytes = Buffer.from(key);
  expect(murmur2(bytes)).toBe(hash);
  expect([3, 6, 12, 100].map((count) => partitionOfKey(bytes, count))).toEqual([of3, of6, of12, of100]);
});

test('prop: K5 the hash is that of an implementation with big integers, whatever the length and the signs', () => {
  const reference = (key: Uint8Array): number => {
    const m = 0x5bd1e995n;
    const cut = (n: bigint) => n & 0xffffffffn;
    let h = cut(0x9747b28cn ^ BigInt(key.length));
    let at = 0;
    for (; at + 4 <= key.length; at += 4) {
      let k = BigInt(Buffer.from(key).readUInt32LE(at));
      k = cut(k * m);
      k ^= k >> 24n;
      k = cut(k * m);
      h = cut(h * m) ^ k;
    }
    const tail = key.slice(at);
    for (let i = tail.length - 1; i >= 0; i--) h ^= BigInt(tail[i] as number) << BigInt(8 * i);
    if (tail.length > 0) h = cut(h * m);
    h ^= h >> 13n;
    h = cut(h * m);
    h ^= h >> 15n;
    return Number(BigInt.asIntN(32, h));
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 64 }), (key, count) => {
      expect(murmur2(key)).toBe(reference(key));
      const partition = partitionOfKey(key, count);
      expect(partition).toBe(partitionOfKey(key.slice(), count));
      expect(partition >= 0 && partition < count).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

describe('records without a key', () => {
  test('sticky: stay until the batch ends, then go to another partition', () => {
    const sticky = new StickyPartitioner(new Random(1));
    for (let round = 0; round < 50; round++) {
      const first = sticky.pick(5);
      expect([sticky.pick(5), sticky.pick(5)]).toEqual([first, first]);
      sticky.batchEnded(5);
      expect(sticky.pick(5)).not.toBe(first);
    }
  });

  test('sticky: a single partition is kept', () => {
    const sticky = new StickyPartitioner(new Random(1));
    sticky.pick(1);
    sticky.batchEnded(1);
    expect(sticky.pick(1)).toBe(0);
  });

  test('round robin: one after the other', () => {
    const roundRobin = new RoundRobinPartitioner();
    expect([0, 1, 2, 3].map(() => roundRobin.pick(3))).toEqual([0, 1, 2, 0]);
  });

  test('uniform sticky: changes at the end of a batch once enough was written, at the latest after twice that', () => {
    const uniform = new UniformStickyPartitioner(new Random(3), 100);
    const first = uniform.pick(64, 60);
    uniform.batchEnded(64);
    expect(uniform.pick(64, 60)).toBe(first);
    uniform.batchEnded(64);
    const second = uniform.pick(64, 150);
    expect(second).not.toBe(first);
    expect(uniform.pick(64, 60)).toBe(second);
    expect(uniform.pick(64, 1)).not.toBe(second);
  });

  test('uniform sticky: a longer queue is drawn less often, by its weight', () => {
    const counts = [0, 0, 0];
    const uniform = new UniformStickyPartitioner(new Random(5), 1, () => [0, 3, 1]);
    for (let i = 0; i < 7_000; i++) {
      counts[uniform.pick(3, 1)]!++;
      uniform.batchEnded(3);
    }
    // Weights 4, 1 and 3 of 8.
    expect(counts.map((count) => Math.round((count / 7_000) * 8))).toEqual([4, 1, 3]);
  });
});
