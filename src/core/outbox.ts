/**
 * Deliveries leave after the command ended.
 *
 * A command checks, changes state and posts what has to go out; when the outermost command returns, the outbox hands
 * the posts over in order. What a delivery does (publish again, ack, unsubscribe) is a command of its own whose posts
 * join the end of the queue: chained publishes never recurse. A command that throws drops what it posted, since it
 * must not have changed anything. A delivery that throws is reported and disturbs no other.
 */
export class Outbox {
  readonly #onError: (error: unknown) => void;
  // Two parallel columns instead of one closure for each post: the hot path allocates nothing of its own.
  #receivers: Array<(item: never) => void> = [];
  #items: unknown[] = [];
  /** Those of the batch that is being handed over. */
  #leaving = 0;
  #depth = 0;
  #draining = false;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Number of deliveries that have not left yet. */
  get size(): number {
    return this.#items.length + this.#leaving;
  }

  /** Queues `receive(item)` for when the running command has ended. Outside of a command it leaves at once. */
  post<T>(receive: (item: T) => void, item: T): void {
    this.#receivers.push(receive);
    this.#items.push(item);
    if (this.#depth === 0 && !this.#draining) this.#drain();
  }

  /** Runs a command; the outermost one drains the queue before it returns. */
  run<T>(command: () => T): T {
    const posted = this.#items.length;
    this.#depth++;
    let result: T;
    try {
      result = command();
    } catch (error) {
      this.#receivers.length = posted;
      this.#items.length = posted;
      this.#depth--;
      throw error;
    }
    this.#depth--;
    if (this.#depth === 0 && !this.#draining && this.#items.length > 0) this.#drain();
    return result;
  }

  #drain(): void {
    this.#draining = true;
    try {
      while (this.#items.length > 0) {
        if (this.#items.length === 1) {
          // The usual case: one delivery a command, without new columns for the next one.
          this.#leaving = 0;
          this.#hand(this.#receivers.pop() as (item: never) => void, this.#items.pop());
          continue;
        }
        const receivers = this.#receivers;
        const items = this.#items;
        this.#receivers = [];
        this.#items = [];
        for (let i = 0; i < items.length; i++) {
          this.#leaving = items.length - i - 1;
          this.#hand(receivers[i] as (item: never) => void, items[i]);
        }
      }
    } finally {
      this.#draining = false;
      this.#leaving = 0;
    }
  }

  #hand(receive: (item: never) => void, item: unknown): void {
    try {
      receive(item as never);
    } catch (error) {
      this.#onError(error);
    }
  }
}
