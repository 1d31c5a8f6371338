import { LRUCache } from 'lru-cache';
import type { Clock } from './clock.js';

/** What a bounded least-recently-used cache offers its owners. */
export interface LruCache<K extends {}, V extends {}> {
  readonly size: number;
  get(key: K): V | undefined;
  /** Reads without counting as a use. */
  peek(key: K): V | undefined;
  has(key: K): boolean;
  set(key: K, value: V): unknown;
  delete(key: K): boolean;
  clear(): void;
  /** Removes and returns the least recently used value. */
  pop(): V | undefined;
  /** Keys, most recently used first. */
  keys(): Iterable<K>;
  /** Keys, least recently used first. */
  rkeys(): Iterable<K>;
}

export interface LruCacheOptions<K extends {}, V extends {}> {
  /** Largest number of entries; `Infinity` for an owner that makes room itself. */
  readonly max: number;
  /** Lifetime of an entry in milliseconds on `clock`; needs `clock`. */
  readonly ttlMs?: number;
  readonly clock?: Clock;
  /** Called for what is pushed out to make room, not for deletes. */
  readonly onEvict?: (key: K, value: V) => void;
}

/** A bounded least-recently-used cache (lru-cache) on the broker's clock. */
export function createLruCache<K extends {}, V extends {}>(options: LruCacheOptions<K, V>): LruCache<K, V> {
  const { max, ttlMs, clock, onEvict } = options;
  return new LRUCache<K, V>({
    // Without a bound of its own the package wants sizes: every entry counts as one.
    ...(max === Infinity ? { maxSize: Number.MAX_SAFE_INTEGER, sizeCalculation: () => 1 } : { max }),
    ...(onEvict && {
      dispose: (value: V, key: K, reason: string) => {
        if (reason === 'evict') onEvict(key, value);
      },
    }),
    // ttlResolution 0: the package would otherwise remember `now` on a timer of its own.
    ...(ttlMs !== undefined && clock && { ttl: ttlMs, ttlResolution: 0, perf: { now: () => clock.now } }),
  });
}
