import type { Timer } from '../../core/clock.js';
import type { RedisDoor } from './index.js';

const CHECK_EVERY_MS = 1_000;

/** `timeout`: closes clients that said nothing for too long, but never subscribers, monitors and those that block. */
export class IdleTimeout {
  readonly #door: RedisDoor;
  #timer: Timer | undefined;

  constructor(door: RedisDoor) {
    this.#door = door;
  }

  /** Looks every second from now on, as long as there is a limit and a client. */
  watch(): void {
    const { clock } = this.#door.context;
    if (this.#timer || this.#limitMs === 0 || this.#door.sessions.size === 0) return;
    const check = () => {
      this.#timer = undefined;
      this.#closeIdle();
      this.watch();
    };
    this.#timer = clock.schedule(clock.now + CHECK_EVERY_MS, check, 'liveness');
  }

  get #limitMs(): number {
    return this.#door.broker.config.number('timeout') * 1_000;
  }

  #closeIdle(): void {
    const limitMs = this.#limitMs;
    if (limitMs === 0) return;
    for (const session of this.#door.sessions.values()) {
      const exempt = session.clientClass === 'pubsub' || session.monitoring || session.blocked !== undefined;
      if (!exempt && this.#door.now - session.lastActivityMs > limitMs) session.close();
    }
  }
}
