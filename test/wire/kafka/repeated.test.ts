import { expect, test } from 'vitest';
import { onceEach, repeated } from '../../../src/wire/kafka/repeated.js';

test('what occurs more than once is named once', () => {
  expect(repeated(['a', 'b', 'a', 'c', 'a', 'c'])).toEqual(new Set(['a', 'c']));
  expect(repeated([])).toEqual(new Set());
});

test('keeps the first of those that have the same key', () => {
  expect(onceEach(['a1', 'b1', 'a2'], (value) => value[0])).toEqual(['a1', 'b1']);
});
