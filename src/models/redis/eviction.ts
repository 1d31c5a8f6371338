import { createLruCache, type LruCache } from '../../core/cache.js';
import type { ModelContext } from '../../core/model.js';
import type { RedisConfig } from './config.js';
import type { Database, Entry } from './database.js';
import type { EvictionPolicy } from './parameter.js';

/** A key that has to go. */
export interface Victim {
  readonly database: Database;
  readonly key: string;
}

/** Frequency that a new key starts with, and the largest that eight bits hold. */
const FIRST_FREQUENCY = 5;
const LARGEST_FREQUENCY = 255;
const FREQUENCY_LOG_FACTOR = 10;
const MINUTE_MS = 60_000;

/**
 * Which key goes when memory is over `maxmemory`.
 *
 * Recency is exact, where Redis samples a few keys, and is only kept while an LRU policy is in force; frequency is
 * Redis's logarithmic counter that decays by one a minute; chance comes from the model's seed.
 */
export class Eviction {
  readonly #context: ModelContext;
  readonly #config: RedisConfig;
  readonly #databases: () => readonly Database[];
  /** Keys (`db:key`) that the policy may take, while it is an LRU one. */
  #recency: LruCache<string, Entry> | undefined;
  #recencyPolicy = '';

  constructor(context: ModelContext, config: RedisConfig, databases: () => readonly Database[]) {
    this.#context = context;
    this.#config = config;
    this.#databases = databases;
  }

  /** A key was made or used. */
  used(database: Database, key: string, entry: Entry): void {
    const now = this.#context.clock.now;
    const policy = this.#policy;
    if (policy.endsWith('lfu')) entry.frequency = this.#increased(this.frequency(entry));
    entry.usedAtMs = now;
    if (!this.#recency && policy.endsWith('lru') && this.#config.number('maxmemory') > 0) this.#startRecency(policy);
    if (!this.#recency) return;
    const id = idOf(database, key);
    if (entry.expireAtMs === undefined && this.#recencyPolicy === 'volatile-lru') this.#recency.delete(id);
    else this.#recency.set(id, entry);
  }

  /** A key is gone. */
  gone(database: Database, key: string): void {
    this.#recency?.delete(idOf(database, key));
  }

  /** Everything has changed. */
  clear(): void {
    this.#recency = undefined;
  }

  /** How often a key was used: 0 to 255, logarithmic. */
  frequency(entry: Entry): number {
    const minutes = Math.floor((this.#context.clock.now - entry.usedAtMs) / MINUTE_MS);
    return Math.max(0, (entry.frequency ?? FIRST_FREQUENCY) - minutes);
  }

  /** The next key to go; undefined when the policy has none. */
  victim(): Victim | undefined {
    const policy = this.#policy;
    switch (policy) {
      case 'noeviction':
        return undefined;
      case 'allkeys-lru':
      case 'volatile-lru':
        return this.#leastRecent(policy);
      case 'allkeys-random':
      case 'volatile-random':
        return this.#random(policy === 'volatile-random');
      case 'allkeys-lfu':
      case 'volatile-lfu':
        return this.#lowest(policy === 'volatile-lfu', (entry) => this.frequency(entry));
      case 'volatile-ttl':
        return this.#lowest(true, (entry) => entry.expireAtMs as number);
      default:
        return policy satisfies never;
    }
  }

  get #policy(): EvictionPolicy {
    return this.#config.text('maxmemory-policy') as EvictionPolicy;
  }

  #leastRecent(policy: string): Victim | undefined {
    if (!this.#recency || this.#recencyPolicy !== policy) this.#startRecency(policy);
    const recency = this.#recency as LruCache<string, Entry>;
    for (const id of recency.rkeys()) {
      const colon = id.indexOf(':');
      const database = this.#databases()[Number(id.slice(0, colon))] as Database;
      return { database, key: id.slice(colon + 1) };
    }
    return undefined;
  }

  /** From here on every use is noted; what was used before is ordered by its time. */
  #startRecency(policy: string): void {
    const known = [...this.#candidates(policy === 'volatile-lru')].sort((a, b) => a.entry.usedAtMs - b.entry.usedAtMs);
    this.#recency = createLruCache<string, Entry>({ max: Infinity });
    this.#recencyPolicy = policy;
    for (const { database, key, entry } of known) this.#recency.set(idOf(database, key), entry);
  }

  *#candidates(volatile: boolean): Generator<Victim & { readonly entry: Entry }> {
    for (const database of this.#databases()) {
      for (const key of volatile ? database.volatile : database.entries.keys()) {
        yield { database, key, entry: database.entries.get(key) as Entry };
      }
    }
  }

  #lowest(volatile: boolean, rank: (entry: Entry) => number): Victim | undefined {
    let best: Victim | undefined;
    let bestRank = Infinity;
    for (const candidate of this.#candidates(volatile)) {
      const candidateRank = rank(candidate.entry);
      if (candidateRank >= bestRank) continue;
      bestRank = candidateRank;
      best = candidate;
    }
    return best;
  }

  #random(volatile: boolean): Victim | undefined {
    const all = [...this.#candidates(volatile)];
    return all.length === 0 ? undefined : this.#context.random.pick(all);
  }

  #increased(frequency: number): number {
    if (frequency >= LARGEST_FREQUENCY) return frequency;
    const odds = Math.max(0, frequency - FIRST_FREQUENCY) * FREQUENCY_LOG_FACTOR + 1;
    return this.#context.random.float() < 1 / odds ? frequency + 1 : frequency;
  }
}

function idOf(database: Database, key: string): string {
  return `${database.index}:${key}`;
}
