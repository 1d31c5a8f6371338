import type { CollectionType } from './collection.js';
import { HashValue } from './hash-value.js';
import { ListValue } from './list-value.js';
import { SetValue } from './set-value.js';
import { SortedSetValue } from './sorted-set-value.js';
import { StreamValue } from './stream-value.js';

/** What a key can hold. Strings are byte strings. */
export type RedisValue = string | HashValue | ListValue | SetValue | SortedSetValue | StreamValue;

export type TypeName = 'string' | CollectionType;

export function typeName(value: RedisValue): TypeName {
  return typeof value === 'string' ? 'string' : value.type;
}

const ENTRY_OVERHEAD = 64;

/** Bytes that a key and its value are counted with; an estimate that only depends on their content. */
export function estimateBytes(key: string, value: RedisValue): number {
  return ENTRY_OVERHEAD + key.length + (typeof value === 'string' ? value.length : value.bytes);
}

/** A copy that shares nothing mutable. */
export function cloneValue(value: RedisValue): RedisValue {
  return typeof value === 'string' ? value : value.clone();
}

/** A value as plain data. */
export type SavedValue = string | readonly [type: CollectionType, content: unknown];

export function saveValue(value: RedisValue): SavedValue {
  return typeof value === 'string' ? value : [value.type, value.save()];
}

/** The value that `saveValue` wrote. */
export function loadValue(saved: SavedValue): RedisValue {
  if (typeof saved === 'string') return saved;
  const [type, content] = saved;
  switch (type) {
    case 'hash':
      return HashValue.load(content);
    case 'list':
      return ListValue.load(content);
    case 'set':
      return SetValue.load(content);
    case 'zset':
      return SortedSetValue.load(content);
    case 'stream':
      return StreamValue.load(content);
    default:
      return type satisfies never;
  }
}
