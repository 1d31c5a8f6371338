import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Reader } from '../../../src/wire/amqp/reader.js';
import { Writer } from '../../../src/wire/amqp/writer.js';

describe('writer', () => {
  test('prop: short texts come back, cut at 255 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const writer = new Writer();
        writer.shortstr(text);
        const back = new Reader(writer.take()).shortstr();
        expect(text.startsWith(back)).toBe(true);
        if (Buffer.byteLength(text) <= 255) expect(back).toBe(text);
      }),
    );
  });

  test('a piece that was taken stays as it is', () => {
    const writer = new Writer();
    writer.uint32(1);
    const first = writer.take();
    for (let i = 0; i < 10_000; i++) writer.uint32(0xffffffff);
    expect([...first]).toEqual([0, 0, 0, 1]);
    expect(writer.take()).toHaveLength(40_000);
  });

  test('a size is written over once it is known, even after the slab grew', () => {
    const writer = new Writer();
    const mark = writer.mark;
    writer.uint32(0);
    writer.bytes(new Uint8Array(40_000));
    writer.patchUint32(mark, 40_000);
    expect(new Reader(writer.take()).uint32()).toBe(40_000);
  });

  test('64-bit integers and fractions come back', () => {
    const writer = new Writer();
    writer.uint64(2 ** 53 - 1);
    writer.int64(-5n);
    writer.float32(1.5);
    writer.float64(Math.PI);
    const reader = new Reader(writer.take());
    expect([reader.uint64(), reader.int64(), reader.float32(), reader.float64()]).toEqual([
      2 ** 53 - 1,
      -5n,
      1.5,
      Math.PI,
    ]);
  });
});
