import type { Command } from './handler.js';

/** What MULTI collects and WATCH guards, for one connection. */
export class Transaction {
  /** Between MULTI and EXEC. */
  open = false;
  /** EXEC is executing the queue. */
  running = false;
  /** A queued request failed its checks: EXEC aborts. */
  spoilt = false;
  readonly queued: Array<{ readonly command: Command; readonly args: readonly string[] }> = [];
  /** Watched keys (`db:key`) and the way to stop watching each. */
  readonly watched = new Map<string, () => void>();
  /** Watched keys that had expired before: their removal is no change. */
  readonly expiredBefore = new Set<string>();
  /** A watched key has changed. */
  touched = false;

  start(): void {
    this.open = true;
  }

  queue(command: Command, args: readonly string[]): void {
    this.queued.push({ command, args });
  }

  spoil(): void {
    this.spoilt = true;
  }

  /** Forgets queue and watches. */
  reset(): void {
    this.open = false;
    this.spoilt = false;
    this.queued.length = 0;
    this.unwatch();
  }

  unwatch(): void {
    for (const stop of this.watched.values()) stop();
    this.watched.clear();
    this.expiredBefore.clear();
    this.touched = false;
  }
}
