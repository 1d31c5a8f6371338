import { expect, test } from 'vitest';
import { repeated } from '../../../src/wire/kafka/repeated.js';

test('what occurs more than once is named once', () => {
  expect(repeated(['a', 'b', 'a', 'c', 'a', 'c'])).toEqual(new Set(['a', 'c']));
  expect(repeated([])).toEqual(new Set());
});
