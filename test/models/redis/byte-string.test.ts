import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBytes, fromText, toBytes, toText } from '../../../src/models/redis/byte-string.js';

test('prop: bytes come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const text = fromBytes(bytes);
      expect(text).toHaveLength(bytes.length);
      expect(Array.from(toBytes(text))).toEqual(Array.from(bytes));
    }),
  );
});

test('prop: a text and its UTF-8 bytes are the same byte string', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(fromText(text)).toBe(fromBytes(Buffer.from(text)));
      expect(toText(fromText(text))).toBe(text);
    }),
  );
});

test('takes a view, not the memory behind it', () => {
  const memory = new Uint8Array([1, 2, 3, 4]);
  expect(fromBytes(memory.subarray(1, 3))).toBe('\x02\x03');
});

test('a lone surrogate is written as the replacement character', () => {
  expect(toText(fromText('a\ud800'))).toBe('a\ufffd');
});
