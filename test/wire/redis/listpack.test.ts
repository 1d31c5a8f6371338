import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeListpack, encodeListpack } from '../../../src/wire/redis/listpack.js';

const item = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.integer({ min: -5000, max: 5000 }).map(String),
    fc.constantFrom('', '007', '-0', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(5000)),
    fc.string(),
  )
  .filter((text) => /^[\x00-\xff]*$/.test(text));

it('prop: items come back', () => {
  fc.assert(
    fc.property(fc.array(item), (items) => {
      expect(decodeListpack(encodeListpack(items))).toEqual(items);
    }),
  );
});

it('prop: bytes that are no listpack are refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat(255), (items, at, byte) => {
      const good = encodeListpack(items);
      const place = at % good.length;
      const found = decodeListpack(good.slice(0, place) + String.fromCharCode(byte) + good.slice(place + 1));
      expect(found === undefined || Array.isArray(found)).toBe(true);
      expect(decodeListpack(good.slice(0, place))).toBeUndefined();
    }),
  );
});
