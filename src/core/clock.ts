/**
 * The only room of the house where time comes in.
 *
 * Two classes of timers. *Data* timers belong to what is stored: TTL, expiry, retention, delayed delivery, long polls.
 * *Liveness* timers watch a peer: heartbeats, session timeouts, handshake limits. On a virtual clock each class has its
 * own time line: `advance` moves the data line and, only when asked, the liveness line, so that a jump of an hour does
 * not disconnect every client.
 */
import { BrokerError, BrokerLimitError } from './errors.js';
import { Heap } from './heap.js';
import { type Limits, TEST_LIMITS } from './limits.js';

export type TimerKind = 'data' | 'liveness';

/** A scheduled call. Opaque: hand it back to `cancel`. */
export interface Timer {
  readonly kind: TimerKind;
  /** True until it has fired or was cancelled. */
  readonly pending: boolean;
}

export interface Clock {
  /** Milliseconds since 1970, a whole number above 0. Never runs backwards. */
  readonly now: number;
  /** Calls `fn` once, when `now >= atMs`; timers of one instant fire in the order they were scheduled. */
  schedule(atMs: number, fn: () => void, kind?: TimerKind): Timer;
  /** Forgets a timer; one that fired or was cancelled before is no mistake. */
  cancel(timer: Timer | undefined): void;
  /** When the next data timer is due, undefined when none waits. */
  readonly nextDataTimerMs: number | undefined;
  /** Cancels everything and refuses new timers: nothing of this clock keeps the process alive. */
  stop(): void;
}

/** Milliseconds, or a number with a unit: `'250ms'`, `'30s'`, `'1m'`, `'1.5h'`, `'7d'`. */
export type Duration = number | string;

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration in milliseconds. @throws BrokerError INVALID_DURATION for anything else or for a negative one */
export function durationMs(duration: Duration): number {
  const match = typeof duration === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration.trim()) : undefined;
  const value = match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : duration;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new BrokerError('INVALID_DURATION', `'${duration}' is no duration; give milliseconds or '30s', '1m', '1h'`);
  }
  return Math.round(value);
}

interface Entry extends Timer {
  readonly at: number;
  readonly seq: number;
  readonly fn: () => void;
  pending: boolean;
}

const earlier = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);

/** Timers of one time line. Cancelled ones stay until they surface, or until they are the majority. */
class TimerQueue {
  readonly #heap = new Heap<Entry>(earlier);
  #cancelled = 0;

  push(entry: Entry): void {
    this.#heap.push(entry);
  }

  peek(): Entry | undefined {
    for (let entry = this.#heap.peek(); entry !== undefined; entry = this.#heap.peek()) {
      if (entry.pending) return entry;
      this.#heap.pop();
      this.#cancelled--;
    }
    return undefined;
  }

  pop(): Entry | undefined {
    const entry = this.peek();
    if (entry) this.#heap.pop();
    return entry;
  }

  cancel(entry: Entry): void {
    entry.pending = false;
    if (++this.#cancelled > 64 && this.#cancelled * 2 > this.#heap.size) {
      this.#heap.retain((kept) => kept.pending);
      this.#cancelled = 0;
    }
  }

  clear(): void {
    this.#heap.retain((entry) => {
      entry.pending = false;
      return false;
    });
    this.#cancelled = 0;
  }
}

/** How a wall clock reads and waits; `setTimeout` as Node gives it. */
interface TimeSource {
  now(): number;
  setTimeout(fn: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}

// Captured at load: an application's fake timers cannot stop the broker.
const systemSource: TimeSource = {
  now: Date.now,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout as never,
};

// Read at call time: an application's fake timers move the broker, too.
const globalSource: TimeSource = {
  now: () => Date.now(),
  setTimeout: (fn, delayMs) => globalThis.setTimeout(fn, delayMs),
  clearTimeout: (handle) => globalThis.clearTimeout(handle as never),
};

const systemSetImmediate = globalThis.setImmediate;

/** One turn of the event loop: sockets have been read and their answers written. No fake timer can stop it. */
export function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    systemSetImmediate(() => resolve());
  });
}

/** Milliseconds of real time from some start: what waiting is measured by. */
export const monotonicMs: () => number = performance.now.bind(performance);

/** Calls `fn` after so much real time, whatever the broker's clock says. Returns a function that cancels it. */
export function afterRealTime(delayMs: number, fn: () => void): () => void {
  const handle = systemSource.setTimeout(fn, delayMs);
  return () => systemSource.clearTimeout(handle);
}

const LONGEST_TIMEOUT_MS = 0x7fffffff;

/** Follows a wall clock: one timeout, for the earliest timer, and unreferenced so that it keeps no process alive. */
class WallClock implements Clock {
  readonly #source: TimeSource;
  readonly #onError: (error: unknown) => void;
  readonly #queue = new TimerQueue();
  readonly #dataQueue = new TimerQueue();
  #seq = 0;
  #latest = 1;
  #armed: { at: number; handle: unknown } | undefined;
  #stopped = false;

  constructor(source: TimeSource, onError: (error: unknown) => void) {
    this.#source = source;
    this.#onError = onError;
  }

  get now(): number {
    const read = this.#source.now();
    if (read > this.#latest) this.#latest = Math.floor(read);
    return this.#latest;
  }

  get nextDataTimerMs(): number | undefined {
    return this.#dataQueue.peek()?.at;
  }

  schedule(atMs: number, fn: () => void, kind: TimerKind = 'data'): Timer {
    const entry: Entry = { at: atMs, seq: this.#seq++, fn, kind, pending: true };
    if (this.#stopped) {
      entry.pending = false;
      return entry;
    }
    this.#queueOf(kind).push(entry);
    this.#arm();
    return entry;
  }

  cancel(timer: Timer | undefined): void {
    if (!timer?.pending) return;
    this.#queueOf(timer.kind).cancel(timer as Entry);
  }

  stop(): void {
    this.#stopped = true;
    this.#queue.clear();
    this.#dataQueue.clear();
    this.#disarm();
  }

  #queueOf(kind: TimerKind): TimerQueue {
    return kind === 'data' ? this.#dataQueue : this.#queue;
  }

  #earliest(): Entry | undefined {
    const data = this.#dataQueue.peek();
    const liveness = this.#queue.peek();
    if (!data || !liveness) return data ?? liveness;
    return earlier(data, liveness) ? data : liveness;
  }

  #arm(): void {
    const next = this.#earliest();
    if (!next || (this.#armed && this.#armed.at <= next.at)) return;
    this.#disarm();
    const delayMs = Math.min(Math.max(next.at - this.now, 0), LONGEST_TIMEOUT_MS);
    const handle = this.#source.setTimeout(() => this.#fire(), delayMs);
    (handle as { unref?: () => void }).unref?.();
    this.#armed = { at: next.at, handle };
  }

  #disarm(): void {
    if (this.#armed) this.#source.clearTimeout(this.#armed.handle);
    this.#armed = undefined;
  }

  #fire(): void {
    this.#armed = undefined;
    const now = this.now;
    for (let entry = this.#earliest(); entry && entry.at <= now; entry = this.#earliest()) {
      this.#queueOf(entry.kind).pop();
      entry.pending = false;
      try {
        entry.fn();
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#arm();
  }
}

/** 2024-01-01T00:00:00Z: where a virtual clock starts. */
export const VIRTUAL_START_MS = 1_704_067_200_000;

/** Moves only by `advanceTo`; fires timers in order, each at its own instant. */
export class VirtualClock implements Clock {
  readonly #data = new TimerQueue();
  readonly #liveness = new TimerQueue();
  readonly #limits: Limits;
  #seq = 0;
  #now: number;
  /** Liveness time = `now` minus what was advanced without it. */
  #livenessLagMs = 0;
  #stopped = false;

  constructor(options: { startMs?: number; limits?: Limits } = {}) {
    this.#now = options.startMs ?? VIRTUAL_START_MS;
    this.#limits = options.limits ?? TEST_LIMITS;
  }

  get now(): number {
    return this.#now;
  }

  get nextDataTimerMs(): number | undefined {
    return this.#data.peek()?.at;
  }

  schedule(atMs: number, fn: () => void, kind: TimerKind = 'data'): Timer {
    const liveness = kind === 'liveness';
    const entry: Entry = {
      at: liveness ? atMs - this.#livenessLagMs : atMs,
      seq: this.#seq++,
      fn,
      kind,
      pending: true,
    };
    if (this.#stopped) entry.pending = false;
    else (liveness ? this.#liveness : this.#data).push(entry);
    return entry;
  }

  cancel(timer: Timer | undefined): void {
    if (!timer?.pending) return;
    (timer.kind === 'data' ? this.#data : this.#liveness).cancel(timer as Entry);
  }

  stop(): void {
    this.#stopped = true;
    this.#data.clear();
    this.#liveness.clear();
  }

  /** When the next timer of the asked classes is due at the latest by `untilMs`, undefined when none is. */
  nextTimerMs(untilMs: number, liveness = false): number | undefined {
    const data = this.#data.peek();
    const other = liveness ? this.#liveness.peek() : undefined;
    const at = Math.min(data?.at ?? Infinity, other ? other.at + this.#livenessLagMs : Infinity);
    return at <= untilMs && at !== Infinity ? Math.max(at, this.#now) : undefined;
  }

  /**
   * Moves to `targetMs`, firing every due data timer (and liveness timer, when asked) in order, those included that
   * the fired ones schedule within the span. Errors of timers are collected and thrown together at the end.
   *
   * @throws BrokerLimitError when the jump is longer than `limits.advanceMs` or fires more than `limits.advanceTimerCount`
   */
  advanceTo(targetMs: number, options: { liveness?: boolean } = {}): void {
    const liveness = options.liveness === true;
    if (targetMs - this.#now > this.#limits.advanceMs) {
      throw new BrokerLimitError('advanceMs', this.#limits.advanceMs, `a jump of ${targetMs - this.#now} ms`);
    }
    const errors: unknown[] = [];
    let fired = 0;
    for (let entry = this.#due(targetMs, liveness); entry; entry = this.#due(targetMs, liveness)) {
      if (++fired > this.#limits.advanceTimerCount) {
        throw new BrokerLimitError('advanceTimerCount', this.#limits.advanceTimerCount, 'one advance of the clock');
      }
      (entry.kind === 'data' ? this.#data : this.#liveness).pop();
      entry.pending = false;
      this.#moveTo(entry.kind === 'data' ? entry.at : entry.at + this.#livenessLagMs, liveness);
      try {
        entry.fn();
      } catch (error) {
        errors.push(error);
      }
    }
    this.#moveTo(targetMs, liveness);
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} timers failed`);
  }

  #due(targetMs: number, liveness: boolean): Entry | undefined {
    const data = this.#data.peek();
    const other = liveness ? this.#liveness.peek() : undefined;
    const dataAt = data?.at ?? Infinity;
    const otherAt = other ? other.at + this.#livenessLagMs : Infinity;
    if (Math.min(dataAt, otherAt) > targetMs) return undefined;
    if (dataAt !== otherAt) return dataAt < otherAt ? data : other;
    return (data as Entry).seq < (other as Entry).seq ? data : other;
  }

  #moveTo(atMs: number, liveness: boolean): void {
    if (atMs <= this.#now) return;
    if (!liveness) this.#livenessLagMs += atMs - this.#now;
    this.#now = atMs;
  }
}

/** `system` follows real time; `virtual` moves only by advance; `global` follows `globalThis` at call time. */
export type ClockKind = 'system' | 'virtual' | 'global';

/**
 * @param onError receives what a timer throws on a wall clock, where nobody else could catch it
 */
export function createClock(kind: ClockKind, onError: (error: unknown) => void, limits: Limits = TEST_LIMITS): Clock {
  switch (kind) {
    case 'system':
      return new WallClock(systemSource, onError);
    case 'global':
      return new WallClock(globalSource, onError);
    case 'virtual':
      return new VirtualClock({ limits });
    default:
      throw new BrokerError(
        'INVALID_CLOCK',
        `clock '${kind satisfies never}' is unknown; use 'system', 'virtual' or 'global'`,
      );
  }
}
