import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedBytesError, MalformedTextError, Reader, readUtf8 } from '../../../src/wire/amqp/reader.js';

describe('reader', () => {
  test('reads big-endian integers one after the other', () => {
    const reader = new Reader(Uint8Array.of(1, 2, 3, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0));
    expect([reader.uint8(), reader.uint16(), reader.uint32(), reader.uint64()]).toEqual([
      1, 0x0203, 0xffffffff, 0x100000000,
    ]);
    expect(reader.left).toBe(0);
  });

  test('never reads beyond its end', () => {
    const reader = new Reader(Uint8Array.of(1, 2, 3), 0, 2);
    expect(() => reader.uint32()).toThrow(MalformedBytesError);
    expect(() => reader.inside(3)).toThrow(MalformedBytesError);
    expect(reader.uint16()).toBe(0x0102);
  });

  test('a short text that is no UTF-8 is told apart', () => {
    expect(() => new Reader(Uint8Array.of(2, 0xff, 0xfe)).shortstr()).toThrow(MalformedTextError);
  });

  test('prop: text comes back, short or long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(readUtf8(Buffer.from(text))).toBe(text);
      }),
    );
  });
});
