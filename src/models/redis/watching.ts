import type { Database, Entry } from './database.js';

/** A key that a transaction depends on. */
export interface Watch {
  readonly db: number;
  readonly key: string;
  /** The key held something whose time had passed: that it goes is no change. */
  expired: boolean;
  /** The key has changed. */
  readonly changed: () => void;
}

/** Who watches which key. A key whose time has passed counts as absent, also while it is still there. */
export class Watching {
  readonly #watches = new Map<number, Map<string, Set<Watch>>>();
  readonly #isExpired: (entry: Entry) => boolean;

  constructor(isExpired: (entry: Entry) => boolean) {
    this.#isExpired = isExpired;
  }

  /** Starts watching; the returned function ends it, at any time. */
  add(watch: Watch): () => void {
    const byKey = this.#watches.get(watch.db) ?? new Map<string, Set<Watch>>();
    this.#watches.set(watch.db, byKey);
    const watches = byKey.get(watch.key) ?? new Set();
    byKey.set(watch.key, watches.add(watch));
    return () => {
      if (!watches.delete(watch) || watches.size > 0) return;
      if (byKey.get(watch.key) === watches) byKey.delete(watch.key);
      if (byKey.size === 0 && this.#watches.get(watch.db) === byKey) this.#watches.delete(watch.db);
    };
  }

  /** A key was changed. @param isThere whether it holds something now */
  touch(db: number, key: string, isThere: boolean): void {
    for (const watch of this.#watches.get(db)?.get(key) ?? []) {
      if (watch.expired && !isThere) watch.expired = false;
      else watch.changed();
    }
  }

  /** All keys of a database go, and those of another one, if any, take their place. To be called before they do. */
  replace(before: Database, after?: Database): void {
    for (const [key, watches] of this.#watches.get(before.index) ?? []) {
      const next = after?.entries.get(key);
      const wasThere = before.entries.has(key);
      if (!wasThere && !next) continue;
      const nextExpired = next !== undefined && this.#isExpired(next);
      for (const watch of watches) {
        if (watch.expired && !next) watch.expired = false;
        else if (watch.expired && nextExpired) continue;
        else if (!wasThere && nextExpired) watch.expired = true;
        else watch.changed();
      }
    }
  }

  clear(): void {
    this.#watches.clear();
  }
}
