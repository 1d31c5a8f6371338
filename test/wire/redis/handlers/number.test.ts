import { expect, test } from 'vitest';
import { addDecimals, float, int64, strictInt64 } from '../../../../src/wire/redis/handlers/number.js';

test('integers are strict and have 64 bits', () => {
  expect(strictInt64('9223372036854775807')).toBe(2n ** 63n - 1n);
  for (const text of ['9223372036854775808', '+1', '01', '-0', ' 1', '']) expect(strictInt64(text)).toBeUndefined();
  expect(() => int64('x')).toThrow('value is not an integer or out of range');
});

test('floats are decimal or infinite', () => {
  expect([float('1e3'), float('-.5'), float('-inf')]).toEqual([1000, -0.5, -Infinity]);
  for (const text of ['nan', '', '1x', '0x1']) expect(() => float(text)).toThrow('value is not a valid float');
  expect(addDecimals('1', '0.5')).toBe('1.5');
  expect(() => addDecimals('1', 'inf')).toThrow('increment would produce NaN or Infinity');
});
