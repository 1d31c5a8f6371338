import type { Clock, Timer } from '../../core/clock.js';

/**
 * Heartbeats of one connection: one is sent when nothing else was for half the interval, and the peer is given up
 * when nothing came for two whole intervals (RabbitMQ looks once an interval, so it takes two to three).
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #send: () => void;
  readonly #giveUp: () => void;
  #sendTimer: Timer | undefined;
  #watchTimer: Timer | undefined;
  #sent = false;
  #received = false;
  #missed = 0;

  /** @param intervalMs above 0 */
  constructor(clock: Clock, intervalMs: number, send: () => void, giveUp: () => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#send = send;
    this.#giveUp = giveUp;
    this.#armSend();
    this.#armWatch();
  }

  /** Something left for the peer. */
  sent(): void {
    this.#sent = true;
  }

  /** Something came from the peer, be it half a frame. */
  received(): void {
    this.#received = true;
  }

  stop(): void {
    this.#clock.cancel(this.#sendTimer);
    this.#clock.cancel(this.#watchTimer);
  }

  #armSend(): void {
    this.#sendTimer = this.#clock.schedule(
      this.#clock.now + this.#intervalMs / 2,
      () => {
        this.#armSend();
        if (!this.#sent) this.#send();
        this.#sent = false;
      },
      'liveness',
    );
  }

  #armWatch(): void {
    this.#watchTimer = this.#clock.schedule(
      this.#clock.now + this.#intervalMs,
      () => {
        this.#missed = this.#received ? 0 : this.#missed + 1;
        this.#received = false;
        if (this.#missed >= 2) return this.#giveUp();
        this.#armWatch();
      },
      'liveness',
    );
  }
}
