import type { FrameOutput } from './frame-output.js';
import { METHODS } from './method.js';

/** Where publishes of a connection wait while the broker has an alarm. Who only consumes never notices. */
export class AlarmGate {
  /** Why it is closed, undefined while it is open. */
  reason: string | undefined;
  readonly #output: FrameOutput;
  #told = false;
  #release: (() => void) | undefined;

  constructor(output: FrameOutput) {
    this.#output = output;
  }

  close(reason: string): void {
    this.reason = reason;
  }

  /** Ends the alarm: a client that was told is told again, and what waits goes on. */
  open(): void {
    this.reason = undefined;
    if (this.#told) this.#output.method(0, METHODS.connectionUnblocked, {});
    this.#told = false;
    this.#release?.();
    this.#release = undefined;
  }

  /** Waits for the end of the alarm. @param tells whether the client wants to hear that it is blocked */
  wait(release: () => void, tells: boolean): void {
    if (tells && !this.#told) {
      this.#output.method(0, METHODS.connectionBlocked, { reason: this.reason as string });
      this.#told = true;
    }
    this.#release = release;
  }
}
