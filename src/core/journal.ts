import type { Clock } from './clock.js';
import type { ModelName } from './errors.js';
import { EventEmitter } from './events.js';

/** What can happen, across the three models. */
export const JOURNAL_EVENTS = [
  'connection-opened',
  'connection-closed',
  'protocol-error',
  'published',
  'routed',
  'delivered',
  'acked',
  'requeued',
  'dropped',
  'expired',
  'dead-lettered',
  'rebalanced',
  'fault-fired',
  'restarted',
] as const;

export type JournalEventName = (typeof JOURNAL_EVENTS)[number];

/** One thing that happened. Fields beyond the first four belong to the event; `reason` says why something was lost. */
export interface JournalEvent {
  /** Position in the total order, from 1, without gaps. */
  readonly seq: number;
  readonly atMs: number;
  readonly model: ModelName | 'http' | undefined;
  readonly name: JournalEventName;
  readonly connection?: string;
  /** Exchange, topic or channel. */
  readonly to?: string;
  /** Routing key, record key or pattern. */
  readonly key?: string;
  /** Queue, group or subscriber. */
  readonly receiver?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly count?: number;
  readonly bytes?: number;
  readonly reason?: string;
}

export type JournalDetail = Omit<JournalEvent, 'seq' | 'atMs' | 'model' | 'name'>;

type Listeners = Record<JournalEventName | 'event', (event: JournalEvent) => void>;

/**
 * One totally ordered ring of what happened. Tests, explanations, traces and strict mode read it.
 *
 * Off costs nothing: guard every `record` with `if (journal.on)`, so that not even the event's object is made.
 */
export class Journal {
  /** Recording or not. */
  on: boolean;
  readonly events = new EventEmitter<Listeners>();
  readonly #clock: Clock;
  readonly #capacity: number;
  #ring: JournalEvent[] = [];
  #seq = 0;

  /** @param capacity events kept; the oldest are dropped first */
  constructor(clock: Clock, capacity: number, on = true) {
    this.#clock = clock;
    this.#capacity = capacity;
    this.on = on;
  }

  /** Sequence number of the newest event, 0 before the first. */
  get lastSeq(): number {
    return this.#seq;
  }

  record(model: JournalEvent['model'], name: JournalEventName, detail: JournalDetail): void {
    const event: JournalEvent = { seq: ++this.#seq, atMs: this.#clock.now, model, name, ...detail };
    if (this.#capacity > 0) this.#ring[(this.#seq - 1) % this.#capacity] = event;
    this.events.emit(name, event);
    this.events.emit('event', event);
  }

  /** Events after `seq`, oldest first; those that fell out of the ring are missing. */
  since(seq = 0): JournalEvent[] {
    const kept = Math.min(this.#seq, this.#capacity);
    const first = Math.max(seq + 1, this.#seq - kept + 1);
    const out: JournalEvent[] = [];
    for (let s = first; s <= this.#seq; s++) out.push(this.#ring[(s - 1) % this.#capacity] as JournalEvent);
    return out;
  }

  clear(): void {
    this.#ring = [];
    this.#seq = 0;
  }
}
