import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedRequestError, Reader } from '../../../src/wire/kafka/reader.js';
import { Writer } from '../../../src/wire/kafka/writer.js';

const read = (...bytes: number[]) => new Reader(Uint8Array.from(bytes));

describe('a reader', () => {
  it('reads signed and unsigned integers, big-endian', () => {
    expect(read(0xff).int8()).toBe(-1);
    expect(read(0xff, 0xfe).int16()).toBe(-2);
    expect(read(0xff, 0xfe).uint16()).toBe(0xfffe);
    expect(read(0x80, 0, 0, 0).int32()).toBe(-0x80000000);
    expect(read(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff).int64()).toBe(-1);
    expect(read(0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff).int64()).toBe(2 ** 63);
  });

  it.each([
    ['a varint of more than 32 bits', () => read(0xff, 0xff, 0xff, 0xff, 0x1f).unsignedVarint()],
    ['a varint without an end', () => read(0x80).unsignedVarint()],
    ['a length beyond the end', () => read(0x7f, 0xff, 0xff, 0xff, 1).length32(false)],
    ['a compact length beyond the end', () => read(0xff, 0xff, 0xff, 0xff, 0x0f).length32(true)],
    ['a text beyond the end', () => read(0x61).text(2)],
    ['tagged fields out of order', () => read(2, 1, 0, 0, 0).tags()],
    ['a tagged field twice', () => read(2, 1, 0, 1, 0).tags()],
    ['a tagged field beyond the end', () => read(1, 0, 9).tags()],
    ['a known tagged field with bytes left', () => read(1, 0, 2, 0, 0).tags((_tag, field) => field.int8() === 0)],
  ])('refuses %s', (_what, act) => {
    expect(act).toThrow(MalformedRequestError);
  });

  it('takes any negative length for null', () => {
    expect([read(0xff, 0xfe).length16(false), read(0x80, 0, 0, 0).length32(false), read(0).length32(true)]).toEqual([
      -1, -1, -1,
    ]);
  });

  it('skips tagged fields that nobody knows', () => {
    const reader = read(2, 0, 1, 42, 7, 2, 1, 2, 99);
    const seen: number[] = [];
    reader.tags((tag, field) => {
      if (tag !== 0) return false;
      seen.push(field.int8());
      return true;
    });
    expect([seen, reader.int8()]).toEqual([[42], 99]);
  });

  it('prop: reads what a writer wrote', () => {
    fc.assert(
      fc.property(
        fc.tuple(
          fc.integer({ min: -0x80000000, max: 0x7fffffff }),
          fc.maxSafeInteger(),
          fc.integer({ min: 0, max: 0xffffffff }),
          fc.uuid(),
          fc.string({ unit: 'grapheme' }),
          fc.boolean(),
          fc.double({ noNaN: true }),
        ),
        fc.boolean(),
        ([int32, int64, varint, uuid, text, boolean, float64], flexible) => {
          const writer = new Writer(1);
          writer.int32(int32);
          writer.int64(int64);
          writer.unsignedVarint(varint);
          writer.uuid(uuid);
          writer.text(text, flexible);
          writer.boolean(boolean);
          writer.float64(float64);
          const reader = new Reader(writer.bytes());
          expect([reader.int32(), reader.int64(), reader.unsignedVarint(), reader.uuid()]).toEqual([
            int32,
            int64,
            varint,
            uuid,
          ]);
          expect(reader.text(reader.length16(flexible))).toBe(text);
          expect([reader.boolean(), reader.float64(), reader.remaining]).toEqual([boolean, float64, 0]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
