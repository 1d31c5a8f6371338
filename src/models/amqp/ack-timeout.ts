import type { Clock, Timer } from '../../core/clock.js';

/**
 * Watches for deliveries that stay unsettled for too long. One liveness timer a channel: when it fires, the age of the
 * oldest delivery decides. Ages are kept as the instants at which tags began, not for each delivery.
 */
export class AckTimeout {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #oldest: () => number | undefined;
  readonly #expired: () => void;
  #timer: Timer | undefined;
  /** First tag of each instant, oldest first. */
  #marks: Array<{ readonly tag: number; readonly atMs: number }> = [];

  /**
   * @param oldest the oldest unsettled delivery tag
   * @param expired called once, when it is too old
   */
  constructor(clock: Clock, timeoutMs: number, oldest: () => number | undefined, expired: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#oldest = oldest;
    this.#expired = expired;
  }

  /** A delivery went out that has to be settled. */
  delivered(tag: number): void {
    const now = this.#clock.now;
    if (this.#marks.at(-1)?.atMs !== now) this.#marks.push({ tag, atMs: now });
    if (this.#marks.length > MOST_MARKS) this.#thin();
    if (!this.#timer?.pending) this.#arm(now + this.#timeoutMs);
  }

  stop(): void {
    this.#clock.cancel(this.#timer);
    this.#timer = undefined;
  }

  #arm(atMs: number): void {
    this.#timer = this.#clock.schedule(atMs, () => this.#check(), 'liveness');
  }

  #check(): void {
    const tag = this.#oldest();
    if (tag === undefined) {
      this.#marks = [];
      return;
    }
    const dueMs = this.#sentAt(tag) + this.#timeoutMs;
    if (dueMs <= this.#clock.now) this.#expired();
    else this.#arm(dueMs);
  }

  /** When a tag went out; forgets what was before. */
  #sentAt(tag: number): number {
    const later = this.#marks.findIndex((mark) => mark.tag > tag);
    const index = (later === -1 ? this.#marks.length : later) - 1;
    if (index > 0) this.#marks.splice(0, index);
    return this.#marks[0]?.atMs ?? this.#clock.now;
  }

  #thin(): void {
    const tag = this.#oldest();
    if (tag !== undefined) this.#sentAt(tag);
    // Someone holds on to a very old one: every second instant is exact enough.
    if (this.#marks.length > MOST_MARKS) this.#marks = this.#marks.filter((_mark, i) => i % 2 === 0);
  }
}

const MOST_MARKS = 4096;
