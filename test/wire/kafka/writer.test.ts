import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Writer } from '../../../src/wire/kafka/writer.js';

describe('a writer', () => {
  it('shares large bytes and copies small ones', () => {
    const writer = new Writer();
    const large = new Uint8Array(5_000);
    const small = Uint8Array.of(1);
    writer.int8(0);
    writer.raw(large);
    writer.raw(small);
    const parts = writer.parts();
    expect(parts).toHaveLength(3);
    expect(parts[1]).toBe(large);
    small[0] = 9;
    expect([...(parts[2] as Uint8Array)]).toEqual([1]);
  });

  it('writes a double where the buffer ends', () => {
    const writer = new Writer(4);
    writer.float64(1.5);
    expect(Buffer.from(writer.bytes()).readDoubleBE(0)).toBe(1.5);
  });

  it.each([
    [2 ** 63, '7fffffffffffffff'],
    [-(2 ** 63), '8000000000000000'],
    [2 ** 60, '1000000000000000'],
    [-2, 'fffffffffffffffe'],
  ])('writes %s as the 64-bit integer %s', (value, hex) => {
    const writer = new Writer();
    writer.int64(value);
    expect(Buffer.from(writer.bytes()).toString('hex')).toBe(hex);
  });

  it('prop: the parts are what was written, in order, however it was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 12 }), (pieces) => {
        const writer = new Writer(1);
        for (const piece of pieces) writer.raw(piece);
        const all = Buffer.concat(pieces);
        expect(writer.length).toBe(all.length);
        expect(Buffer.compare(Buffer.concat(writer.parts()), all)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses what has no place in its type', () => {
    expect(() => new Writer().int64(2 ** 64)).toThrow('is no 64-bit integer');
    expect(() => new Writer().int64(0.5)).toThrow('is no 64-bit integer');
    expect(() => new Writer().uuid('short')).toThrow('is no UUID');
    expect(() => new Writer().text('x'.repeat(40_000), false)).toThrow('32767 are the most');
  });
});
