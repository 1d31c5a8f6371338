import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from '../../../src/models/kafka/crc32c.js';

test('the check value of the Castagnoli polynomial comes out', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

test('prop: eight bytes at a step give what one bit at a step gives', () => {
  const slow = (bytes: Uint8Array) => {
    let crc = 0xffffffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
    return ~crc >>> 0;
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(8), (bytes, start) => {
      const from = Math.min(start, bytes.length);
      expect(crc32c(bytes, from)).toBe(slow(bytes.subarray(from)));
    }),
    { numRuns: 1_000 },
  );
});
