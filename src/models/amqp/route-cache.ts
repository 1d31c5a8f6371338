import type { Match } from './match.js';

/** Places for keys that are kept; powers of two. */
const FEWEST_PLACES = 256;
const MOST_PLACES = 65_536;
/** Destinations that all kept matches may name together. */
const MOST_DESTINATIONS = 1_048_576;
/** Places for the hashes of keys that were seen once; a power of two. */
const SEEN_COUNT = 16_384;

/** So many look-ups decide whether the cache is worth its cost: it is when at least one in eight is of a key seen before. */
const SHORTEST_TRIAL = 1_024;
/** After a trial that failed, so many times its length are matched without the cache, and the next trial is twice as long. */
const REST = 16;
const LONGEST_TRIAL = 16_384;

/**
 * Matches of the keys that are used most. A key gets in when it is seen again shortly after, so that keys that never
 * repeat push nothing out; while few keys repeat at all, the cache rests. A key has one place only and takes it from
 * whichever was there: to keep count of which was used last would cost more than most matches.
 */
export class RouteCache {
  /** A key and, next to it, its match, and so on: a key that is found is in the processor's cache together with both. */
  #kept: Array<string | Match | undefined> = [undefined, undefined];
  #placeCount = 1;
  #keptCount = 0;
  #destinationCount = 0;
  // Large, and most exchanges see few messages: it is made when first used.
  #seen: Int32Array | undefined;
  #trial = SHORTEST_TRIAL;
  #lookups = 0;
  #repeats = 0;
  #resting = 0;

  /** What `find(key)` says, or said before under the same bindings. */
  match(key: string, find: (key: string) => Match): Match {
    if (this.#resting > 0) {
      this.#resting--;
      return find(key);
    }
    if (++this.#lookups >= this.#trial) this.#judge();
    const hash = hashOf(key);
    const at = this.#placeOf(hash);
    if (this.#kept[at] === key) {
      this.#repeats++;
      return this.#kept[at + 1] as Match;
    }
    const match = find(key);
    if (this.#isSeenAgain(hash)) {
      this.#repeats++;
      this.#keep(key, hash, match);
    }
    return match;
  }

  /** The bindings are others now. */
  invalidate(): void {
    this.#kept = [undefined, undefined];
    this.#placeCount = 1;
    this.#keptCount = 0;
    this.#destinationCount = 0;
  }

  #placeOf(hash: number): number {
    return 2 * (hash & (this.#placeCount - 1));
  }

  #isSeenAgain(hash: number): boolean {
    this.#seen ??= new Int32Array(SEEN_COUNT);
    const at = hash & (SEEN_COUNT - 1);
    if (this.#seen[at] === hash) return true;
    this.#seen[at] = hash;
    return false;
  }

  #keep(key: string, hash: number, match: Match): void {
    this.#destinationCount += sizeOf(match);
    if (this.#destinationCount > MOST_DESTINATIONS) return this.invalidate();
    if (this.#keptCount * 2 >= this.#placeCount && this.#placeCount < MOST_PLACES) this.#grow();
    this.#put(key, hash, match);
  }

  #put(key: string, hash: number, match: Match): void {
    const at = this.#placeOf(hash);
    const before = this.#kept[at + 1] as Match | undefined;
    if (before === undefined) this.#keptCount++;
    else this.#destinationCount -= sizeOf(before);
    this.#kept[at] = key;
    this.#kept[at + 1] = match;
  }

  #grow(): void {
    const kept = this.#kept;
    this.#placeCount = Math.max(FEWEST_PLACES, this.#placeCount * 2);
    this.#kept = new Array(2 * this.#placeCount).fill(undefined);
    this.#keptCount = 0;
    for (let at = 0; at < kept.length; at += 2) {
      const key = kept[at] as string | undefined;
      if (key !== undefined) this.#put(key, hashOf(key), kept[at + 1] as Match);
    }
  }

  #judge(): void {
    if (this.#repeats * 8 < this.#lookups) {
      this.#resting = this.#trial * REST;
      this.#trial = Math.min(LONGEST_TRIAL, this.#trial * 2);
    } else this.#trial = SHORTEST_TRIAL;
    this.#lookups = 0;
    this.#repeats = 0;
  }
}

const sizeOf = ({ queues, exchanges }: Match): number => queues.length + exchanges.length;

/** The ends of a key tell most keys apart. */
function hashOf(key: string): number {
  const { length } = key;
  let hash = length;
  for (let at = Math.max(0, length - 12); at < length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}
