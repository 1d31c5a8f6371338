import type { Keyspace } from '../../models/redis/index.js';
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
  /** Watched keys (`db:key`): whether each has come to its end since, and the way to stop watching it. */
  readonly watched = new Map<string, ReturnType<Keyspace['watch']>>();
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
    for (const { stop } of this.watched.values()) stop();
    this.watched.clear();
    this.touched = false;
  }
}
