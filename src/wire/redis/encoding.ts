/**
 * How Redis would keep a collection in memory: short ones packed. OBJECT ENCODING tells it and DUMP writes it.
 *
 * Redis does not pack again what has become short; here the content alone decides.
 */
import type { HashValue, RedisVersion, SetValue, SortedSetValue } from '../../models/redis/index.js';
import { strictInt64 } from './handlers/number.js';

/** Bounds of the packed forms in a fresh Redis: `*-max-listpack-*` and `set-max-intset-entries`. */
const LONGEST_ITEM = 64;
const MOST_FIELDS = 512;
const MOST_MEMBERS = 128;
const MOST_INTEGERS = 512;

export function setEncoding(set: SetValue, version: RedisVersion): 'intset' | 'listpack' | 'hashtable' {
  const members = set.members();
  if (members.length <= MOST_INTEGERS && members.every((member) => strictInt64(member) !== undefined)) return 'intset';
  return version !== '7.0' && isPacked(members, MOST_MEMBERS) ? 'listpack' : 'hashtable';
}

export function hashEncoding(hash: HashValue): 'listpack' | 'hashtable' {
  return isPacked([...hash.entries()].flat(), MOST_FIELDS * 2) ? 'listpack' : 'hashtable';
}

export function sortedSetEncoding(sorted: SortedSetValue): 'listpack' | 'skiplist' {
  const members = sorted.ordered().map(({ member }) => member);
  return isPacked(members, MOST_MEMBERS) ? 'listpack' : 'skiplist';
}

function isPacked(items: readonly string[], most: number): boolean {
  return items.length <= most && items.every((item) => item.length <= LONGEST_ITEM);
}
