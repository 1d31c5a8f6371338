import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compressLzf, decompressLzf } from '../../../src/wire/redis/lzf.js';

const repetitive = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'ab', 'abc', '\x00\xff', 'xyz'), fc.integer({ min: 1, max: 300 })))
  .map((runs) => runs.map(([text, count]) => text.repeat(count)).join(''));

it('prop: what was compressed comes back, and is shorter', () => {
  fc.assert(
    fc.property(repetitive, (input) => {
      const compressed = compressLzf(input);
      if (compressed === undefined) return;
      expect(compressed.length).toBeLessThanOrEqual(input.length - 4);
      expect(decompressLzf(compressed, input.length)).toBe(input);
    }),
  );
});

it('prop: bytes that are no LZF are refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(255)), fc.nat(500), (bytes, length) => {
      const found = decompressLzf(String.fromCharCode(...bytes), length);
      expect(found === undefined || found.length === length).toBe(true);
    }),
  );
});

it('leaves alone what has nothing in common', () => {
  expect(compressLzf('abcdefghijklmnopqrstuvwxyz')).toBeUndefined();
});
