import type { Clock, Timer, TimerKind } from './clock.js';

/**
 * A request that waits (long poll, join, sync, blocking read): answered exactly once, by an event or by its deadline.
 */
export class Delayed<T> {
  readonly #clock: Clock;
  readonly #answer: (result: T) => void;
  #timer: Timer | undefined;
  #done = false;

  /**
   * @param deadlineMs instant of the answer by time; `Infinity` waits for the event alone
   * @param onDeadline makes the answer when nothing else has
   * @param answer receives the result, once
   */
  constructor(
    clock: Clock,
    deadlineMs: number,
    onDeadline: () => T,
    answer: (result: T) => void,
    kind: TimerKind = 'data',
  ) {
    this.#clock = clock;
    this.#answer = answer;
    if (deadlineMs !== Infinity) {
      this.#timer = clock.schedule(deadlineMs, () => this.complete(onDeadline()), kind);
    }
  }

  /** True once it was answered or abandoned. */
  get done(): boolean {
    return this.#done;
  }

  /** Answers; false when it was too late. */
  complete(result: T): boolean {
    if (!this.abandon()) return false;
    this.#answer(result);
    return true;
  }

  /** Gives up without an answer, as when the peer has gone; false when it was too late. */
  abandon(): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.#clock.cancel(this.#timer);
    this.#timer = undefined;
    return true;
  }
}
