import type { Timer } from '../../core/clock.js';
import type { ClientClass } from '../../models/redis/index.js';
import type { RedisDoor } from './index.js';

/**
 * `client-output-buffer-limit`: cuts a connection that does not read. Above the hard limit at once, above the soft
 * one after it stayed there for its seconds, by the broker's clock and without further traffic. Nobody else notices.
 */
export class OutputLimiter {
  readonly #door: RedisDoor;
  readonly #buffered: () => number;
  readonly #cut: () => void;
  #softTimer: Timer | undefined;

  /** @param buffered bytes that wait for the peer */
  constructor(door: RedisDoor, buffered: () => number, cut: () => void) {
    this.#door = door;
    this.#buffered = buffered;
    this.#cut = cut;
  }

  /** Looks at what waits for the peer now, and what waited before the last bytes came: it may have caught up. */
  check(clientClass: ClientClass, bufferedBytes: number, beforeBytes = bufferedBytes): void {
    const limit = this.#door.broker.config.outputLimit(clientClass);
    if (limit.hardBytes > 0 && bufferedBytes > limit.hardBytes) return this.#cut();
    const overSoft = limit.softBytes > 0 && bufferedBytes > limit.softBytes;
    if (!overSoft || beforeBytes <= limit.softBytes) this.stop();
    if (!overSoft) return;
    if (this.#softTimer) return;
    const { clock } = this.#door.context;
    this.#softTimer = clock.schedule(clock.now + limit.softSeconds * 1000, () => {
      this.#softTimer = undefined;
      if (this.#buffered() > limit.softBytes) this.#cut();
    });
  }

  stop(): void {
    if (!this.#softTimer) return;
    this.#door.context.clock.cancel(this.#softTimer);
    this.#softTimer = undefined;
  }
}
