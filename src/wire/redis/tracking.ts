/**
 * Client-side caching: which connections are told that keys which they have read, or that begin as they said, changed.
 *
 * Messages to others leave at once; those to the connection whose command runs follow its reply. Messages of BCAST
 * mode are gathered and leave when the requests that have arrived are worked off. A key is the same in every database
 * here, as in Redis.
 *
 * @see https://redis.io/docs/latest/develop/reference/client-side-caching/
 */

import type { Command } from './handler.js';
import { keysOf } from './handler.js';
import type { RedisDoor } from './index.js';
import { array, bulk, bulks, integer, nullBulk, push } from './reply.js';
import type { Session } from './session.js';

/** What CLIENT TRACKING ON asks for. */
export interface TrackingOptions {
  /** Id of the client that gets the messages instead; 0 is none. */
  readonly redirect: number;
  /** One at least in BCAST mode, none otherwise. */
  readonly prefixes: readonly string[];
  readonly bcast: boolean;
  readonly optIn: boolean;
  readonly optOut: boolean;
  readonly noLoop: boolean;
}

/** A connection that tracks. */
export interface TrackingState extends TrackingOptions {
  /** CLIENT CACHING was given for the next command or transaction. */
  caching: boolean;
  /** A message could not be redirected: its receiver is gone. */
  brokenRedirect: boolean;
}

/** Keys that begin alike and have changed, each with the connection that changed it last. */
interface Broadcast {
  readonly listeners: Set<Session>;
  readonly keys: Map<string, Session | undefined>;
}

/** Scripts are remembered with the keys that they name, by the commands in them that read. */
const RUNS_SCRIPT: ReadonlySet<string> = new Set(['eval_ro', 'evalsha_ro', 'fcall_ro']);

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export class Tracking {
  readonly #door: RedisDoor;
  readonly #tracking = new Set<Session>();
  /** Who has read a key since it was told of the last change. */
  readonly #readers = new Map<string, Set<Session>>();
  readonly #broadcasts = new Map<string, Broadcast>();
  /** What the running connection is told behind its reply; undefined is every key. */
  #pending: Array<string | undefined> = [];
  #running: Session | undefined;
  #request: { readonly command: Command; readonly args: readonly string[] } | undefined;
  #writer: Session | undefined;

  constructor(door: RedisDoor) {
    this.#door = door;
  }

  get clientCount(): number {
    return this.#tracking.size;
  }

  get keyCount(): number {
    return this.#readers.size;
  }

  /** Pairs of a key and a connection that has read it. */
  get itemCount(): number {
    let count = 0;
    for (const sessions of this.#readers.values()) count += sessions.size;
    return count;
  }

  get prefixCount(): number {
    return this.#broadcasts.size;
  }

  /** Starts tracking, or changes how; prefixes add up. */
  enable(session: Session, options: TrackingOptions): void {
    const prefixes = [...new Set([...(session.tracking?.prefixes ?? []), ...options.prefixes])].sort(byName);
    session.tracking = { ...options, prefixes, caching: session.tracking?.caching ?? false, brokenRedirect: false };
    this.#tracking.add(session);
    for (const prefix of prefixes) {
      const broadcast = this.#broadcasts.get(prefix) ?? { listeners: new Set(), keys: new Map() };
      this.#broadcasts.set(prefix, broadcast);
      broadcast.listeners.add(session);
    }
  }

  disable(session: Session): void {
    for (const prefix of session.tracking?.prefixes ?? []) {
      const broadcast = this.#broadcasts.get(prefix);
      broadcast?.listeners.delete(session);
      if (broadcast?.listeners.size === 0) this.#broadcasts.delete(prefix);
    }
    session.tracking = undefined;
    this.#tracking.delete(session);
    if (this.#tracking.size === 0) this.#readers.clear();
  }

  // ---- around commands

  /** A request of a connection starts. */
  begin(session: Session): void {
    this.#running = session;
    if (this.#readers.size > 0) this.#forgetSurplus();
  }

  /** A request of a connection, and what it caused, has been answered. */
  end(session: Session): void {
    this.#running = undefined;
    const { tracking } = session;
    // It holds for the next command or transaction only, which CLIENT is none.
    if (tracking?.caching && !session.transaction.open && !session.lastCommand.startsWith('client|')) {
      tracking.caching = false;
    }
    this.#tellPending(session);
  }

  /** Serves a blocked connection within the request of another: as if its own command ran now. */
  serve(session: Session, attempt: () => boolean): boolean {
    const [running, writer, pending] = [this.#running, this.#writer, this.#pending];
    this.#running = session;
    this.#writer = session;
    this.#pending = [];
    const served = attempt();
    this.#tellPending(session);
    this.#running = running;
    this.#writer = writer;
    this.#pending = pending;
    return served;
  }

  /** A command is about to run; within a script it is one of the script's. */
  before(session: Session, command: Command, args: readonly string[]): void {
    if (this.#tracking.size === 0) return;
    this.#writer = session;
    if (!session.scripted) this.#request = { command, args };
  }

  /** A command has run: what it has read is remembered. */
  after(session: Session, command: Command): void {
    if (this.#tracking.size === 0 || !command.flags.has('readonly') || RUNS_SCRIPT.has(command.name)) return;
    const reader = session.scripted ? this.#running : session;
    const state = reader?.tracking;
    if (!reader || !state || !this.#request || state.bcast) return;
    if ((state.optIn && !state.caching) || (state.optOut && state.caching)) return;
    for (const key of keysOf(this.#request.command, this.#request.args)) {
      const readers = this.#readers.get(key) ?? new Set();
      this.#readers.set(key, readers.add(reader));
    }
  }

  // ---- changes

  /** A key has changed, by the running command or by itself. */
  changed(key: string, byItself: boolean): void {
    if (this.#tracking.size === 0) return;
    for (const [prefix, { keys }] of this.#broadcasts) {
      if (!key.startsWith(prefix)) continue;
      keys.set(key, byItself ? undefined : this.#writer);
      this.#door.wake();
    }
    this.#invalidate(key);
  }

  /** Every key of a database, or of all, has gone. */
  flushed(): void {
    for (const session of this.#tracking) {
      if (session === this.#running) this.#pending.push(undefined);
      else this.#tell(session, undefined);
    }
    this.#readers.clear();
  }

  /** Tells BCAST mode's listeners what has changed since the last time. */
  broadcast(): void {
    for (const prefix of [...this.#broadcasts.keys()].sort(byName)) {
      const { listeners, keys } = this.#broadcasts.get(prefix) as Broadcast;
      if (keys.size === 0) continue;
      const names = [...keys.keys()].sort(byName);
      for (const session of listeners) {
        const told = session.tracking?.noLoop ? names.filter((key) => keys.get(key) !== session) : names;
        if (told.length > 0) this.#send(session, bulks(told));
      }
      keys.clear();
    }
  }

  #invalidate(key: string): void {
    const readers = this.#readers.get(key);
    if (!readers) return;
    this.#readers.delete(key);
    for (const session of readers) {
      const state = session.tracking;
      if (!state || state.bcast || (state.noLoop && session === this.#running)) continue;
      if (session === this.#running) this.#pending.push(key);
      else this.#tell(session, key);
    }
  }

  /** More keys than `tracking-table-max-keys` are not remembered: who has read the oldest is told as if they changed. */
  #forgetSurplus(): void {
    const most = this.#door.broker.config.number('tracking-table-max-keys');
    if (most === 0) return;
    for (const key of this.#readers.keys()) {
      if (this.#readers.size <= most) return;
      this.#invalidate(key);
    }
  }

  #tellPending(session: Session): void {
    if (this.#pending.length === 0) return;
    for (const key of this.#pending.splice(0)) this.#tell(session, key);
  }

  #tell(session: Session, key: string | undefined): void {
    this.#send(session, key === undefined ? nullBulk(session.protocol) : array([bulk(key)]));
  }

  #send(session: Session, keys: string): void {
    const state = session.tracking;
    if (!state) return;
    const target = state.redirect === 0 ? session : this.#door.sessions.get(state.redirect);
    if (!target) {
      state.brokenRedirect = true;
      const broken = [bulk('tracking-redir-broken'), integer(state.redirect)];
      if (session.protocol === 3) session.push(broken);
    } else if (target.protocol === 3) {
      target.pushRaw(push([bulk('invalidate'), keys], 3));
    } else if (target !== session && target.clientClass === 'pubsub') {
      target.pushRaw(array([bulk('message'), bulk('__redis__:invalidate'), keys]));
    }
  }
}
