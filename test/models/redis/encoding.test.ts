import { describe, expect, it } from 'vitest';
import { RedisConfig } from '../../../src/models/redis/config.js';
import { settleEncoding } from '../../../src/models/redis/encoding.js';
import { HashValue } from '../../../src/models/redis/hash-value.js';
import type { RedisVersion } from '../../../src/models/redis/index.js';
import { SetValue } from '../../../src/models/redis/set-value.js';
import { SortedSetValue } from '../../../src/models/redis/sorted-set-value.js';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));
const fields = (count: number) => HashValue.load(numbers(count).map((field) => [field, 'x']));
const scored = (count: number) => SortedSetValue.load(numbers(count).map((member) => [member, 1]));

function settled(value: HashValue | SetValue | SortedSetValue, version: RedisVersion = '7.0', ...setting: string[]) {
  const config = new RedisConfig({ version });
  config.set(setting);
  settleEncoding(value, config);
  return value.encoding;
}

describe('the form of a collection', () => {
  it('is packed while it is short', () => {
    expect([settled(SetValue.load(numbers(512))), settled(SetValue.load(numbers(513)))]).toEqual([
      'intset',
      'hashtable',
    ]);
    expect([settled(SetValue.load(['a'])), settled(SetValue.load(['a']), '7.2')]).toEqual(['hashtable', 'listpack']);
    expect([settled(fields(512)), settled(fields(513))]).toEqual(['listpack', 'hashtable']);
    expect(settled(HashValue.load([['f', 'x'.repeat(65)]]))).toBe('hashtable');
    expect([settled(scored(128)), settled(scored(129))]).toEqual(['listpack', 'skiplist']);
  });

  it('follows the configuration', () => {
    expect(settled(fields(5), '7.0', 'hash-max-ziplist-entries', '4')).toBe('hashtable');
    expect(settled(scored(1), '7.0', 'zset-max-listpack-value', '0')).toBe('skiplist');
    expect(settled(SetValue.load(numbers(3)), '7.0', 'set-max-intset-entries', '2')).toBe('hashtable');
  });

  it('is not packed again, nor is that of a copy', () => {
    const hash = HashValue.load([['f', 'x'.repeat(65)]]);
    settled(hash);
    hash.set('f', 'short');
    expect([settled(hash), settled(hash.clone())]).toEqual(['hashtable', 'hashtable']);
  });
});
