import type { RedisValue } from './value.js';

/** Somebody who waits for keys: a blocked BLPOP, XREAD and the like. */
export interface Waiter {
  readonly db: number;
  readonly keys: readonly string[];
  /**
   * One of the keys may have what is waited for. Takes it and answers, or leaves everything as it is.
   *
   * @param value what the key holds now; undefined when it is gone
   * @returns true when the waiter is done
   */
  attempt(key: string, value: RedisValue | undefined): boolean;
}

/**
 * Who waits for which key. A command that gives a key what others may wait for reports it as ready; they are served
 * when the command, or the whole transaction, has ended: longest waiting first, key by key in the order of reports.
 */
export class Blocking {
  readonly #waiting = new Map<string, Set<Waiter>>();
  #ready = new Map<string, { readonly db: number; readonly key: string }>();

  /** Number of keys that somebody waits for. */
  get keyCount(): number {
    return this.#waiting.size;
  }

  /** Starts waiting; the returned function ends it, at any time. */
  wait(waiter: Waiter): () => void {
    for (const key of waiter.keys) {
      const id = idOf(waiter.db, key);
      const queue = this.#waiting.get(id) ?? new Set();
      this.#waiting.set(id, queue);
      queue.add(waiter);
    }
    return () => {
      for (const key of waiter.keys) {
        const id = idOf(waiter.db, key);
        const queue = this.#waiting.get(id);
        if (queue?.delete(waiter) && queue.size === 0) this.#waiting.delete(id);
      }
    };
  }

  /** A key may now have what is waited for, or has gone. */
  signal(db: number, key: string): void {
    if (this.#waiting.size === 0) return;
    const id = idOf(db, key);
    if (this.#waiting.has(id) && !this.#ready.has(id)) this.#ready.set(id, { db, key });
  }

  /** Everything of a database may have changed. */
  signalAll(db: number): void {
    for (const queue of this.#waiting.values()) {
      for (const waiter of queue) if (waiter.db === db) for (const key of waiter.keys) this.signal(db, key);
    }
  }

  /** Serves who waits for keys that became ready; what that makes ready in turn, too. */
  serve(lookup: (db: number, key: string) => RedisValue | undefined): void {
    while (this.#ready.size > 0) {
      const ready = this.#ready;
      this.#ready = new Map();
      for (const [id, { db, key }] of ready) {
        // Served waiters leave the queue under way, and those who come in meanwhile wait for the next time.
        for (const waiter of [...(this.#waiting.get(id) ?? [])]) {
          if (this.#waiting.get(id)?.has(waiter)) waiter.attempt(key, lookup(db, key));
        }
      }
    }
  }

  clear(): void {
    this.#waiting.clear();
    this.#ready.clear();
  }
}

function idOf(db: number, key: string): string {
  return `${db}:${key}`;
}
