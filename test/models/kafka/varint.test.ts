import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  VarintReader,
  varintBytes,
  varlongBytes,
  writeVarint,
  writeVarlong,
} from '../../../src/models/kafka/varint.js';

test('prop: what is written is read, in as many bytes as announced', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -(2 ** 51), max: 2 ** 51 }), (small, large) => {
      const bytes = new Uint8Array(20);
      const middle = writeVarint(bytes, 0, small);
      const end = writeVarlong(bytes, middle, large);
      expect([middle, end - middle]).toEqual([varintBytes(small), varlongBytes(large)]);
      const reader = new VarintReader(bytes, 0, end);
      expect([reader.varint(), reader.varlong(), reader.at]).toEqual([small, large, end]);
    }),
    { numRuns: 1_000 },
  );
});

test('what is too long, or is not there, is refused', () => {
  const reader = (...bytes: number[]) => new VarintReader(Uint8Array.from(bytes), 0, bytes.length);
  expect(() => reader(0x80, 0x80, 0x80, 0x80, 0x80, 0x01).varint()).toThrow('longer than 5 bytes');
  expect(() => reader(...Array.from({ length: 11 }, () => 0x80)).varlong()).toThrow('longer than 10 bytes');
  expect(() => reader(0x80).varint()).toThrow('ends early');
  expect(() => reader(1, 2).skip(3)).toThrow('2 bytes are left');
  expect(() => reader(1, 2).skip(-1)).toThrow('a length in a record is -1');
});
