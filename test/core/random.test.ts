import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/core/random.js';

const take = (random: Random, count: number) => Array.from({ length: count }, () => random.uint32());

describe('seeded chance', () => {
  it('means the same for ever', () => {
    expect(take(new Random(1), 4)).toEqual([393_288_148, 2_174_103_013, 3_814_759_091, 2_092_745_082]);
  });

  it('prop: equal seeds give equal sequences, different seeds different ones', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        expect(take(new Random(a), 8)).toEqual(take(new Random(a), 8));
        if ((a | 0) !== (b | 0)) expect(take(new Random(a), 8)).not.toEqual(take(new Random(b), 8));
      }),
    );
  });

  it('prop: integers and floats stay in their range', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, bound) => {
        const random = new Random(seed);
        const int = random.int(bound);
        const float = random.float();
        expect(Number.isInteger(int) && int >= 0 && int < bound && float >= 0 && float < 1).toBe(true);
      }),
    );
  });

  it('is even: each of ten numbers comes about a tenth of the time', () => {
    const random = new Random(42);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[random.int(10)]++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('makes bytes, texts, picks and UUIDs', () => {
    const random = new Random(7);
    expect(random.bytes(5)).toHaveLength(5);
    expect(random.bytes(0)).toHaveLength(0);
    expect(random.text(12, 'ab')).toMatch(/^[ab]{12}$/);
    expect(['x', 'y']).toContain(random.pick(['x', 'y']));
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('forks into generators that do not disturb each other', () => {
    const parent = new Random(3);
    const fork = parent.fork();
    const expected = take(new Random(new Random(3).uint32()), 3);
    take(parent, 10);
    expect(take(fork, 3)).toEqual(expected);
  });

  it('continues from a saved state', () => {
    const random = new Random(9);
    take(random, 5);
    const saved = random.save();
    const next = take(random, 5);
    random.load(saved);
    expect(take(random, 5)).toEqual(next);
  });
});
