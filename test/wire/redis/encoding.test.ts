import { expect, it } from 'vitest';
import { HashValue, SetValue, SortedSetValue } from '../../../src/models/redis/index.js';
import { hashEncoding, setEncoding, sortedSetEncoding } from '../../../src/wire/redis/encoding.js';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));

it('packs what is short', () => {
  expect(setEncoding(SetValue.load(numbers(512)), '7.0')).toBe('intset');
  expect(setEncoding(SetValue.load(numbers(513)), '7.0')).toBe('hashtable');
  expect(setEncoding(SetValue.load(['a']), '7.0')).toBe('hashtable');
  expect(setEncoding(SetValue.load(['a']), '7.2')).toBe('listpack');
  const fields = (count: number) => HashValue.load(numbers(count).map((field) => [field, 'x']));
  expect([hashEncoding(fields(512)), hashEncoding(fields(513))]).toEqual(['listpack', 'hashtable']);
  expect(hashEncoding(HashValue.load([['f', 'x'.repeat(65)]]))).toBe('hashtable');
  const scored = (count: number) => SortedSetValue.load(numbers(count).map((member) => [member, 1]));
  expect([sortedSetEncoding(scored(128)), sortedSetEncoding(scored(129))]).toEqual(['listpack', 'skiplist']);
});
