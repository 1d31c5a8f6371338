import type { Clock, Timer } from '../../core/clock.js';
import type { Transport } from '../door.js';
import { HEARTBEAT_FRAME } from './frame.js';
import { Heartbeat } from './heartbeat.js';

/**
 * The way to one peer: what passes is counted and keeps the connection alive, and the one deadline that the
 * connection's state sets runs here. At most one deadline is armed; arming replaces it.
 */
export class Link {
  receivedBytes = 0;
  sentBytes = 0;
  readonly #transport: Transport;
  readonly #clock: Clock;
  #heartbeat: Heartbeat | undefined;
  #deadline: Timer | undefined;
  #paused = false;
  /** Bytes that may still leave before a fault cuts the connection, and what then happens. */
  #cut: { bytes: number; readonly reached: () => void } | undefined;

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /** What the peer has not read yet. */
  get bufferedBytes(): number {
    return this.#transport.bufferedBytes;
  }

  received(bytes: number): void {
    this.receivedBytes += bytes;
    this.#heartbeat?.received();
  }

  write(bytes: Uint8Array): void {
    this.#heartbeat?.sent();
    const cut = this.#cut;
    const allowed = cut ? bytes.subarray(0, cut.bytes) : bytes;
    this.sentBytes += allowed.length;
    this.#transport.write(allowed);
    if (!cut) return;
    cut.bytes -= allowed.length;
    if (cut.bytes === 0) cut.reached();
  }

  /** Calls `reached` when so many more bytes have left; no more than these leave. */
  cutAfter(bytes: number, reached: () => void): void {
    this.#cut = { bytes, reached };
  }

  /** Reads from the peer, or no longer. */
  setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#transport.pause();
    else this.#transport.resume();
  }

  /** @param intervalMs above 0 */
  startHeartbeat(intervalMs: number, silent: () => void): void {
    this.#heartbeat = new Heartbeat(this.#clock, intervalMs, () => this.write(HEARTBEAT_FRAME), silent);
  }

  stopHeartbeat(): void {
    this.#heartbeat?.stop();
  }

  arm(delayMs: number, expired: () => void): void {
    this.disarm();
    this.#deadline = this.#clock.schedule(this.#clock.now + delayMs, expired, 'liveness');
  }

  disarm(): void {
    this.#clock.cancel(this.#deadline);
  }

  /** Nothing of time happens any more. */
  stopTimers(): void {
    this.stopHeartbeat();
    this.disarm();
  }

  end(): void {
    this.#transport.end();
  }

  destroy(): void {
    this.#transport.destroy();
  }
}
