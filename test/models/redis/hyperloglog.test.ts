import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimate, Hyperloglog } from '../../../src/models/redis/hyperloglog.js';

const SPARSE_BYTES = 3000;

function counted(elements: readonly string[], sparseBytes = SPARSE_BYTES): Hyperloglog {
  const value = Hyperloglog.empty();
  for (const element of elements) value.add(element, sparseBytes);
  return value;
}

const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex');
const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));

describe('a HyperLogLog', () => {
  it('is what Redis 7.0.15 stores', () => {
    expect(hex(counted(['a', 'b', 'c']).text())).toBe('48594c4c01000000000000000000008060f38050b1844bfb80425a');
    const dense = counted(numbers(3000));
    expect(dense.isDense).toBe(true);
    expect(estimate(dense.registers())).toBe(3004);
  });

  it('prop: counts to within 4 in 100, and comes back from its text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(1_000_000), (count, from) => {
        const value = counted(numbers(count).map((number) => `${from}:${number}`));
        const back = Hyperloglog.parse(value.text()) as Hyperloglog;
        expect(back.text()).toBe(value.text());
        expect(back.registers()).toEqual(value.registers());
        expect(Math.abs(estimate(value.registers()) - count)).toBeLessThanOrEqual(Math.max(2, count * 0.04));
      }),
      { numRuns: 15 },
    );
  });

  it('prop: has the same registers as runs and written out, whatever comes in which order', () => {
    const elements = fc.array(fc.string(), { maxLength: 60 });
    fc.assert(
      fc.property(elements, (all) => {
        const registers = counted(all).registers();
        expect(counted([...all].reverse(), 0).registers()).toEqual(registers);
      }),
      { numRuns: 30 },
    );
  });

  it('is none, or broken, when its bytes are', () => {
    const text = counted(['a']).text();
    expect([Hyperloglog.parse('HYLL'), Hyperloglog.parse(text.replace('HYLL\x01', 'HYLL\x00'))]).toEqual([
      undefined,
      undefined,
    ]);
    const broken = Hyperloglog.parse(text.slice(0, -1)) as Hyperloglog;
    expect(() => broken.registers()).toThrow(/Corrupted HLL/);
  });
});
