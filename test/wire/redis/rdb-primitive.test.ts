import fc from 'fast-check';
import { expect, it } from 'vitest';
import { big, fromBig, length, RdbReader, text } from '../../../src/wire/redis/rdb-primitive.js';

it('prop: lengths and strings come back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.string({ unit: 'binary' }), (number, bytes) => {
      const content = Buffer.from(bytes).toString('latin1');
      const reader = new RdbReader(length(number) + text(content) + big(number, 8) + length(5));
      expect([reader.bigLength(), reader.text(), fromBig(reader.take(8)), reader.length()]).toEqual([
        number,
        content,
        number,
        5,
      ]);
      expect(reader.broken).toBe(false);
    }),
  );
});

it.each([
  [0n, 1],
  [63n, 1],
  [64n, 2],
  [16_383n, 2],
  [16_384n, 5],
  [2n ** 32n - 1n, 5],
  [2n ** 32n, 9],
])('a length of %s takes %d bytes', (value, bytes) => {
  expect(length(value)).toHaveLength(bytes);
});

it('is broken for good once bytes are missing', () => {
  const reader = new RdbReader('\x05ab');
  expect([reader.text(), reader.length(), reader.broken]).toEqual(['', 0, true]);
});
