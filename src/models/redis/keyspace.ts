import type { Timer } from '../../core/clock.js';
import type { ModelContext } from '../../core/model.js';
import { Blocking } from './blocking.js';
import type { RedisConfig } from './config.js';
import { Database, type Entry } from './database.js';
import { settleEncoding } from './encoding.js';
import { RedisError, WRONG_TYPE } from './errors.js';
import { Eviction } from './eviction.js';
import { estimateBytes, loadValue, type RedisValue, type SavedValue, saveValue } from './value.js';
import { type Watch, Watching } from './watching.js';

/** Classes of `notify-keyspace-events`. */
export type EventClass = 'g' | '$' | 'l' | 's' | 'h' | 'z' | 't' | 'd' | 'x' | 'e' | 'm' | 'n';

type Constructor<T> = abstract new (...args: never[]) => T;

/** How often due keys are removed without being asked for: Redis's `hz 10`. */
const ACTIVE_EXPIRE_MS = 100;
const DATABASE_COUNT = 16;
/** What an empty Redis 7.0 reports as used: a `maxmemory` below it never leaves room for a key. */
const STARTUP_BYTES = 876_232;

/**
 * The databases and what their keys go through: expiry, eviction, notifications, watching.
 *
 * A key whose time has passed is gone for every command: looking it up removes it and fires `expired` before anything
 * else. A tick every 100 ms removes what nobody asks for; it runs only while keys with an end exist.
 */
export class Keyspace {
  readonly counters = { expired: 0, evicted: 0, hits: 0, misses: 0, changes: 0 };
  /** Who waits for keys to get something. */
  readonly blocking = new Blocking();
  /** Called with each key that has changed, whatever its database; `byItself` when it expired or was evicted. */
  onChange: (key: string, byItself: boolean) => void = () => {};
  readonly #context: ModelContext;
  readonly #config: RedisConfig;
  readonly #publish: (channel: string, payload: string) => void;
  #databases = Array.from({ length: DATABASE_COUNT }, (_, index) => new Database(index));
  readonly #watching = new Watching((entry) => this.isExpired(entry));
  readonly #eviction: Eviction;
  #tick: Timer | undefined;
  #activeExpire = true;
  #removalsHeld = false;
  #usedBytes = 0;

  constructor(context: ModelContext, config: RedisConfig, publish: (channel: string, payload: string) => void) {
    this.#context = context;
    this.#config = config;
    this.#publish = publish;
    this.#eviction = new Eviction(context, config, () => this.#databases);
  }

  get now(): number {
    return this.#context.clock.now;
  }

  /** Estimated bytes of all keys and values, on top of what an empty server needs. */
  get usedBytes(): number {
    return STARTUP_BYTES + this.#usedBytes;
  }

  database(index: number): Database {
    return this.#databases[index] as Database;
  }

  get databaseCount(): number {
    return this.#databases.length;
  }

  // ---- looking up

  /**
   * The live entry of a key, for a command that changes it. Removes one whose time has passed.
   *
   * @param uses whether that counts as a use of the key
   */
  lookup(db: number, key: string, uses = true): Entry | undefined {
    const database = this.database(db);
    const entry = database.entries.get(key);
    if (!entry) return undefined;
    if (this.isExpired(entry)) {
      if (!this.#removalsHeld) this.#expire(database, key);
      return undefined;
    }
    if (uses) this.#eviction.used(database, key, entry);
    return entry;
  }

  /** As `lookup`, for a command that reads: counts hits and misses and tells of the latter. */
  read(db: number, key: string, uses = true): Entry | undefined {
    const entry = this.#counted(this.lookup(db, key, uses));
    if (!entry) this.notify(db, 'm', 'keymiss', key);
    return entry;
  }

  /** As `read`, for a command that looks at a key from outside: it does not use it, and misses it without a word. */
  inspect(db: number, key: string): Entry | undefined {
    return this.#counted(this.lookup(db, key, false));
  }

  #counted(entry: Entry | undefined): Entry | undefined {
    if (entry) this.counters.hits++;
    else this.counters.misses++;
    return entry;
  }

  /** How often a key was used, as OBJECT FREQ shows it. */
  frequency(entry: Entry): number {
    return this.#eviction.frequency(entry);
  }

  isExpired(entry: Entry): boolean {
    return entry.expireAtMs !== undefined && entry.expireAtMs <= this.now;
  }

  /** The value of a key as a string; undefined when there is none. @throws RedisError WRONGTYPE */
  readString(db: number, key: string): string | undefined {
    return asString(this.read(db, key));
  }

  writableString(db: number, key: string): string | undefined {
    return asString(this.lookup(db, key));
  }

  /** The collection of a key; undefined when there is none. @throws RedisError WRONGTYPE */
  readAs<T extends RedisValue & object>(db: number, key: string, type: Constructor<T>): T | undefined {
    return asType(this.read(db, key), type);
  }

  writableAs<T extends RedisValue & object>(db: number, key: string, type: Constructor<T>): T | undefined {
    return asType(this.lookup(db, key), type);
  }

  // ---- changing

  /** Stores a value over whatever was there. `expireAtMs` `'keep'` leaves the end as it is. */
  set(db: number, key: string, value: RedisValue, expireAtMs: number | undefined | 'keep' = undefined): Entry {
    const entry = this.put(db, key, value, expireAtMs);
    this.touch(db, key);
    return entry;
  }

  /** Stores a value as `set` does, but to those who watch nothing has changed. */
  put(db: number, key: string, value: RedisValue, expireAtMs: number | undefined | 'keep' = undefined): Entry {
    const database = this.database(db);
    const old = this.lookup(db, key);
    if (old) this.#usedBytes -= estimateBytes(key, old.value);
    else this.notify(db, 'n', 'new', key);
    const end = expireAtMs === 'keep' ? old?.expireAtMs : expireAtMs;
    // A key keeps its place when it is overwritten, as a hash table's slot would.
    const entry = old ?? { value, expireAtMs: end, usedAtMs: this.now };
    settleEncoding(value, this.#config);
    entry.value = value;
    entry.expireAtMs = end;
    entry.stored = undefined;
    database.put(key, entry);
    this.#eviction.used(database, key, entry);
    this.#usedBytes += estimateBytes(key, value);
    this.blocking.signal(db, key);
    this.#schedule();
    return entry;
  }

  /** The collection of a key, made when there is none. @throws RedisError WRONGTYPE */
  ensure<T extends RedisValue & object>(db: number, key: string, type: new () => T): T {
    const present = this.writableAs(db, key, type);
    if (present) return present;
    const made = new type();
    this.set(db, key, made);
    return made;
  }

  /** A collection is changed in place by `change`, which returns false when nothing came of it: keeps sizes right. */
  update(db: number, key: string, value: RedisValue & object, change: () => unknown): void {
    this.#usedBytes -= estimateBytes(key, value);
    const changed = change() !== false;
    settleEncoding(value, this.#config);
    this.#usedBytes += estimateBytes(key, value);
    if (changed) this.touch(db, key);
  }

  /** Removes a collection that has become empty, with its `del`. */
  removeIfEmpty(db: number, key: string, value: RedisValue & object): void {
    if (value.isEmpty) this.delete(db, key);
  }

  /** Removes a live key and fires `del`; false when there is none. */
  delete(db: number, key: string): boolean {
    if (!this.lookup(db, key)) return false;
    this.#drop(this.database(db), key);
    this.notify(db, 'g', 'del', key);
    return true;
  }

  /** Takes a live key out without an event, as RENAME and MOVE do. */
  take(db: number, key: string): Entry | undefined {
    if (!this.lookup(db, key)) return undefined;
    return this.#drop(this.database(db), key);
  }

  /** Sets or clears the end of a live key. */
  setExpiry(db: number, key: string, entry: Entry, expireAtMs: number | undefined): void {
    const database = this.database(db);
    database.setExpiry(key, entry, expireAtMs);
    this.#eviction.used(database, key, entry);
    this.touch(db, key);
    this.#schedule();
  }

  flush(db: number): void {
    const database = this.database(db);
    this.#watching.replace(database);
    for (const [key, entry] of database.entries) {
      this.#usedBytes -= estimateBytes(key, entry.value);
      this.blocking.signal(db, key);
    }
    database.clear();
    this.#eviction.clear();
  }

  swap(a: number, b: number): void {
    const first = this.database(a);
    const second = this.database(b);
    const keys = new Set([...first.entries.keys(), ...second.entries.keys()]);
    this.#watching.replace(first, second);
    this.#watching.replace(second, first);
    const moved = (from: Database, index: number) => {
      const copy = new Database(index);
      for (const [key, entry] of from.entries) copy.put(key, entry);
      return copy;
    };
    this.#databases[a] = moved(second, a);
    this.#databases[b] = moved(first, b);
    this.#eviction.clear();
    for (const key of keys) for (const db of [a, b]) this.blocking.signal(db, key);
  }

  // ---- watching

  /** Calls `changed` when a key changes, or comes to its end. The returned functions ask for the latter and stop it. */
  watch(db: number, key: string, changed: () => void): { readonly expired: () => boolean; readonly stop: () => void } {
    const isOver = () => {
      const entry = this.database(db).entries.get(key);
      return entry !== undefined && this.isExpired(entry);
    };
    const watch: Watch = { db, key, expired: isOver(), changed };
    return { expired: () => !watch.expired && isOver(), stop: this.#watching.add(watch) };
  }

  /** A key was changed. */
  touch(db: number, key: string, byItself = false): void {
    this.counters.changes++;
    this.onChange(key, byItself);
    this.#watching.touch(db, key, this.database(db).entries.has(key));
  }

  // ---- blocked clients

  /** Serves those who wait for keys that have become ready. */
  serveBlocked(): void {
    this.blocking.serve((db, key) => this.lookup(db, key)?.value);
  }

  // ---- notifications

  /** Publishes a keyspace event, if its class and a channel kind are switched on. */
  notify(db: number, eventClass: EventClass, event: string, key: string): void {
    const { flags, any } = this.#config.events;
    if (!any || !flags.has(eventClass)) return;
    if (flags.has('K')) this.#publish(`__keyspace@${db}__:${key}`, event);
    if (flags.has('E')) this.#publish(`__keyevent@${db}__:${event}`, key);
  }

  // ---- expiry and eviction

  setActiveExpire(on: boolean): void {
    this.#activeExpire = on;
    this.#schedule();
  }

  /** While it is on, keys whose time has passed are absent but stay where they are, and nothing is evicted. */
  holdRemovals(on: boolean): void {
    this.#removalsHeld = on;
  }

  /** Removes every key whose time has passed. */
  expireDue(): void {
    if (this.#removalsHeld) return;
    for (const database of this.#databases) {
      for (const key of database.volatile) {
        const entry = database.entries.get(key);
        if (entry && this.isExpired(entry)) this.#expire(database, key);
      }
    }
  }

  /** Evicts until memory fits; true when it does not and nothing can be evicted. */
  evict(): boolean {
    const limit = this.#config.number('maxmemory');
    if (limit === 0 || this.#removalsHeld) return false;
    while (this.usedBytes > limit) {
      const victim = this.#eviction.victim();
      if (!victim) return true;
      const { database, key } = victim;
      this.#drop(database, key, true);
      this.counters.evicted++;
      this.notify(database.index, 'e', 'evicted', key);
      const { journal } = this.#context;
      if (journal.on)
        journal.record('redis', 'dropped', { key, reason: `evicted (${this.#config.text('maxmemory-policy')})` });
    }
    return false;
  }

  #expire(database: Database, key: string): void {
    this.#drop(database, key, true);
    this.counters.expired++;
    this.notify(database.index, 'x', 'expired', key);
    const { journal } = this.#context;
    if (journal.on) journal.record('redis', 'expired', { key });
  }

  #drop(database: Database, key: string, byItself = false): Entry | undefined {
    const entry = database.remove(key);
    if (!entry) return undefined;
    this.#eviction.gone(database, key);
    this.#usedBytes -= estimateBytes(key, entry.value);
    this.touch(database.index, key, byItself);
    this.blocking.signal(database.index, key);
    return entry;
  }

  #schedule(): void {
    const wanted = this.#activeExpire && this.#databases.some((database) => database.volatile.size > 0);
    if (!wanted || this.#tick) return;
    this.#tick = this.#context.clock.schedule(this.now + ACTIVE_EXPIRE_MS, () => {
      this.#tick = undefined;
      if (!this.#activeExpire) return;
      this.#context.outbox.run(() => {
        this.expireDue();
        this.serveBlocked();
      });
      this.#schedule();
    });
  }

  // ---- the whole

  clear(): void {
    for (const database of this.#databases) database.clear();
    this.#eviction.clear();
    this.#watching.clear();
    this.blocking.clear();
    this.#usedBytes = 0;
    this.#context.clock.cancel(this.#tick);
    this.#tick = undefined;
  }

  /** All entries as plain data. */
  snapshot(): SavedEntry[][] {
    return this.#databases.map((database) =>
      [...database.entries].map(
        ([key, entry]) => [key, saveValue(entry.value), entry.expireAtMs ?? null, entry.usedAtMs] as const,
      ),
    );
  }

  restore(databases: ReadonlyArray<readonly SavedEntry[]>): void {
    this.clear();
    databases.forEach((entries, index) => {
      for (const [key, saved, expireAtMs, usedAtMs] of entries) {
        const value = loadValue(saved);
        this.database(index).put(key, { value, expireAtMs: expireAtMs ?? undefined, usedAtMs });
        this.#usedBytes += estimateBytes(key, value);
      }
    });
    this.#schedule();
  }
}

type SavedEntry = readonly [key: string, value: SavedValue, expireAtMs: number | null, usedAtMs: number];

function asString(entry: Entry | undefined): string | undefined {
  if (!entry) return undefined;
  if (typeof entry.value !== 'string') throw new RedisError(WRONG_TYPE);
  return entry.value;
}

function asType<T extends RedisValue & object>(entry: Entry | undefined, type: Constructor<T>): T | undefined {
  if (!entry) return undefined;
  if (!(entry.value instanceof type)) throw new RedisError(WRONG_TYPE);
  return entry.value;
}
