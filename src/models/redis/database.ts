import type { RedisValue } from './value.js';

/** A key's value and when it ends. */
export interface Entry {
  value: RedisValue;
  /** Milliseconds since 1970; undefined while it has no end. */
  expireAtMs: number | undefined;
  /** For IDLETIME and LRU. */
  usedAtMs: number;
  /**
   * How Redis would keep a string that did not come by SET: changed in place (`raw`), never read as a number (`text`),
   * or as a number of its own (`unshared`).
   */
  stored?: 'raw' | 'text' | 'unshared' | undefined;
  /** How often it was used, kept while an LFU policy is in force. */
  frequency?: number;
}

/** One of the numbered databases: keys in order of creation. */
export class Database {
  readonly index: number;
  readonly entries = new Map<string, Entry>();
  /** Keys that have an end. */
  readonly volatile = new Set<string>();

  constructor(index: number) {
    this.index = index;
  }

  /** Stores an entry and keeps the set of volatile keys right. */
  put(key: string, entry: Entry): void {
    this.entries.set(key, entry);
    this.setExpiry(key, entry, entry.expireAtMs);
  }

  setExpiry(key: string, entry: Entry, expireAtMs: number | undefined): void {
    entry.expireAtMs = expireAtMs;
    if (expireAtMs === undefined) this.volatile.delete(key);
    else this.volatile.add(key);
  }

  remove(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry) {
      this.entries.delete(key);
      this.volatile.delete(key);
    }
    return entry;
  }

  clear(): void {
    this.entries.clear();
    this.volatile.clear();
  }
}
