import type { Queue } from './queue.js';

interface Drain {
  readonly queue: Queue;
  readonly resolve: () => void;
}

const isDone = ({ queue }: Pick<Drain, 'queue'>) => !queue.alive || queue.messageCount === 0;

/** Who waits for queues to be empty, unacked deliveries included, or gone. */
export class DrainList {
  #waiting: Drain[] = [];

  get isWaitedFor(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves when a queue is drained, at once when it is. */
  wait(queue: Queue): Promise<void> {
    if (queue.messageCount === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ queue, resolve }));
  }

  /** Tells those whose queue is drained; called when a command has ended. */
  settle(): void {
    if (this.#waiting.length === 0) return;
    for (const drain of this.#waiting) if (isDone(drain)) drain.resolve();
    this.#waiting = this.#waiting.filter((drain) => !isDone(drain));
  }
}
