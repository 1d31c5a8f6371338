import { expect, it } from 'vitest';
import { strictInt64 } from '../../../src/models/redis/int64.js';

it.each([
  ['0', 0n],
  ['-12', -12n],
  ['9223372036854775807', 2n ** 63n - 1n],
  ['9223372036854775808', undefined],
  ['-9223372036854775808', -(2n ** 63n)],
  ['-0', undefined],
  ['+1', undefined],
  ['01', undefined],
  [' 1', undefined],
  ['', undefined],
])('%j is the integer %s', (text, value) => {
  expect(strictInt64(text)).toBe(value);
});
