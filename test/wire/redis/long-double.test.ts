import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addLongDouble, formatLongDouble, parseLongDouble } from '../../../src/wire/redis/long-double.js';

function sum(a: string, b: string): string | undefined {
  const [left, right] = [parseLongDouble(a), parseLongDouble(b)];
  return left && right && formatLongDouble(addLongDouble(left, right));
}

test('sums are those that Redis 7.0.15 printed', () => {
  expect(sum('10.5', '0.1')).toBe('10.6');
  expect(sum('0.1', '0.2')).toBe('0.3');
  expect(sum('5.0e3', '2.0e2')).toBe('5200');
  expect(sum('3.0', '0')).toBe('3');
  expect(sum('5.6', '5.0e3')).toBe('5005.60000000000000009');
  expect(sum('9223372036854775807', '-2.25')).toBe('9223372036854775805');
  expect(sum('-1.5', '1.5')).toBe('0');
});

test('refuses what is no number or too large for one', () => {
  for (const text of ['', '.', 'abc', '1e5000', '0x1']) expect(parseLongDouble(text)).toBeUndefined();
  expect(sum('1e-4999', '0')).toBe('0');
});

test('prop: whole numbers of 64 bits are exact', () => {
  const half = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
  fc.assert(
    fc.property(half, half, (a, b) => {
      expect(sum(String(a), String(b))).toBe(String(a + b));
    }),
  );
});
