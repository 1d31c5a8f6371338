import { createLruCache, type LruCache } from '../../core/cache.js';
import type { Match } from './match.js';

const MOST_KEYS = 10_000;
/** Keys that were seen once, by a hash of theirs; a power of two. */
const SEEN_COUNT = 4_096;

interface Cached {
  readonly generation: number;
  readonly match: Match;
}

/** So many look-ups decide whether the cache is worth its cost: it is when at least one in eight finds something. */
const TRIAL_COUNT = 1_024;
/** So many matches are made without it before the next trial. */
const REST_COUNT = 8_192;

/**
 * Matches of the keys that are used most. A key gets in when it is seen again shortly after, so that keys that never
 * repeat push nothing out; while few keys repeat at all, the cache rests.
 */
export class RouteCache {
  // Both are large, and most exchanges see few messages: they are made when first used.
  #matches: LruCache<string, Cached> | undefined;
  #seen: Array<string | undefined> | undefined;
  #generation = 0;
  #lookups = 0;
  #hits = 0;
  #resting = 0;

  /** What `find(key)` says, or said before under the same bindings. */
  match(key: string, find: (key: string) => Match): Match {
    if (this.#resting > 0) {
      this.#resting--;
      return find(key);
    }
    if (++this.#lookups === TRIAL_COUNT) this.#judge();
    const cached = this.#matches?.get(key);
    if (cached?.generation === this.#generation) {
      this.#hits++;
      return cached.match;
    }
    const match = find(key);
    this.#offer(key, match);
    return match;
  }

  /** The bindings are others now. */
  invalidate(): void {
    this.#generation++;
  }

  #offer(key: string, match: Match): void {
    this.#seen ??= new Array(SEEN_COUNT);
    const slot = slotOf(key);
    if (this.#seen[slot] === key) {
      this.#matches ??= createLruCache<string, Cached>({ max: MOST_KEYS });
      this.#matches.set(key, { generation: this.#generation, match });
    } else this.#seen[slot] = key;
  }

  #judge(): void {
    if (this.#hits * 8 < this.#lookups) this.#resting = REST_COUNT;
    this.#lookups = 0;
    this.#hits = 0;
  }
}

/** The ends of a key tell most keys apart. */
function slotOf(key: string): number {
  const { length } = key;
  let hash = length;
  for (let at = Math.max(0, length - 12); at < length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) & (SEEN_COUNT - 1);
}
