/**
 * How Redis would keep a collection in memory: short ones packed. OBJECT ENCODING tells it and DUMP writes it. What has
 * outgrown its form does not return to it.
 */
import type { RedisConfig } from './config.js';
import { HashValue } from './hash-value.js';
import { SetValue } from './set-value.js';
import { SortedSetValue } from './sorted-set-value.js';
import type { RedisValue } from './value.js';

/** What Redis 7.2 packs of a set that is not all integers. */
const MOST_MEMBERS = 128;
const LONGEST_MEMBER = 64;

/** Gives up the packed form of a value that has outgrown it. */
export function settleEncoding(value: RedisValue, config: RedisConfig): void {
  if (value instanceof HashValue) {
    if (value.encoding === 'listpack' && outgrown(value, config, 'hash')) value.encoding = 'hashtable';
  } else if (value instanceof SortedSetValue) {
    if (value.encoding === 'listpack' && outgrown(value, config, 'zset')) value.encoding = 'skiplist';
  } else if (value instanceof SetValue) settleSet(value, config);
}

function settleSet(value: SetValue, config: RedisConfig): void {
  if (value.encoding === 'intset') {
    if (value.numeric && value.size <= config.number('set-max-intset-entries')) return;
    value.encoding = config.version === '7.0' ? 'hashtable' : 'listpack';
  }
  if (value.size > MOST_MEMBERS || value.longest > LONGEST_MEMBER) value.encoding = 'hashtable';
}

function outgrown(value: HashValue | SortedSetValue, config: RedisConfig, kind: 'hash' | 'zset'): boolean {
  if (value.size > config.number(`${kind}-max-listpack-entries`)) return true;
  return value.longest > config.number(`${kind}-max-listpack-value`);
}
