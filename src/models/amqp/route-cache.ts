import type { Match } from './match.js';

/** Keys that are kept, and keys that were seen once, each in the slot that a hash of it names; powers of two. */
const KEPT_COUNT = 16_384;
const SEEN_COUNT = 4_096;

interface Kept {
  readonly key: string;
  readonly generation: number;
  readonly match: Match;
}

/** So many look-ups decide whether the cache is worth its cost: it is when at least one in eight finds something. */
const TRIAL_COUNT = 1_024;
/** So many matches are made without it before the next trial, twice as many after each trial in a row that fails. */
const SHORTEST_REST = 8_192;
const LONGEST_REST = 131_072;

/**
 * Matches of the keys that are used most. A key gets in when it is seen again shortly after, so that keys that never
 * repeat push nothing out; while few keys repeat at all, the cache rests. A key has one place only and takes it from
 * whichever was there: to keep count of which was used last would cost more than most matches.
 */
export class RouteCache {
  // Both are large, and most exchanges see few messages: they are made when first used.
  #kept: Array<Kept | undefined> | undefined;
  #seen: Array<string | undefined> | undefined;
  #generation = 0;
  #lookups = 0;
  #hits = 0;
  #resting = 0;
  #nextRest = SHORTEST_REST;

  /** What `find(key)` says, or said before under the same bindings. */
  match(key: string, find: (key: string) => Match): Match {
    if (this.#resting > 0) {
      this.#resting--;
      return find(key);
    }
    if (++this.#lookups === TRIAL_COUNT) this.#judge();
    const hash = hashOf(key);
    const kept = this.#kept?.[hash & (KEPT_COUNT - 1)];
    if (kept !== undefined && kept.key === key && kept.generation === this.#generation) {
      this.#hits++;
      return kept.match;
    }
    const match = find(key);
    this.#offer(key, hash, match);
    return match;
  }

  /** The bindings are others now. */
  invalidate(): void {
    this.#generation++;
  }

  #offer(key: string, hash: number, match: Match): void {
    this.#seen ??= new Array(SEEN_COUNT);
    const slot = hash & (SEEN_COUNT - 1);
    if (this.#seen[slot] === key) {
      this.#kept ??= new Array(KEPT_COUNT);
      this.#kept[hash & (KEPT_COUNT - 1)] = { key, generation: this.#generation, match };
    } else this.#seen[slot] = key;
  }

  #judge(): void {
    if (this.#hits * 8 < this.#lookups) {
      this.#resting = this.#nextRest;
      this.#nextRest = Math.min(LONGEST_REST, this.#nextRest * 2);
    } else this.#nextRest = SHORTEST_REST;
    this.#lookups = 0;
    this.#hits = 0;
  }
}

/** The ends of a key tell most keys apart. */
function hashOf(key: string): number {
  const { length } = key;
  let hash = length;
  for (let at = Math.max(0, length - 12); at < length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}
