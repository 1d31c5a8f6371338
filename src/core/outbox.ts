const SMALLEST = 16;
/** What a burst has made larger than this is made small again once it is empty. */
const LARGE = 65_536;

/**
 * Deliveries leave after the command ended.
 *
 * A command checks, changes state and posts what has to go out; when the outermost command returns, the outbox hands
 * the posts over in order. What a delivery does (publish again, ack, unsubscribe) is a command of its own whose posts
 * join the end of the queue: chained publishes never recurse. A command that throws drops what it posted, since it
 * must not have changed anything. A delivery that throws is reported and disturbs no other.
 *
 * Commands that came together are a burst; what is posted late leaves when all of them have ended.
 */
export class Outbox {
  readonly #onError: (error: unknown) => void;
  // A ring of two columns instead of one closure for each post: the hot path allocates nothing.
  #receivers: Array<((item: never) => void) | undefined> = new Array(SMALLEST);
  #items: unknown[] = new Array(SMALLEST);
  /** Posts so far, and how many of them have left; a post's slot is its number modulo the length of the ring. */
  #posted = 0;
  #left = 0;
  #depth = 0;
  #draining = false;
  readonly #late: Array<() => void> = [];
  #bursts = 0;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Number of deliveries that have not left yet. */
  get size(): number {
    return this.#posted - this.#left + this.#late.length;
  }

  /** Queues `receive(item)` for when the running command has ended. Outside of a command it leaves at once. */
  post<T>(receive: (item: T) => void, item: T): void {
    if (this.#posted - this.#left === this.#items.length) this.#grow();
    const slot = this.#posted++ & (this.#items.length - 1);
    this.#receivers[slot] = receive;
    this.#items[slot] = item;
    if (this.#depth === 0 && !this.#draining) this.#drain();
  }

  /**
   * Queues what leaves behind everything else: at the end of the burst, or else of the running command. It is not
   * dropped when that throws.
   */
  postLate(leave: () => void): void {
    this.#late.push(leave);
    if (this.#depth === 0 && !this.#draining) this.#drain();
  }

  /** What is late does not wait for the end of the burst. Not inside of a command. */
  flushLate(): void {
    while (this.#leaveLate());
  }

  /** Commands follow that came together. */
  beginBurst(): void {
    this.#bursts++;
  }

  endBurst(): void {
    this.#bursts--;
    if (this.#late.length > 0 && this.#depth === 0 && !this.#draining) this.#drain();
  }

  /** Runs a command; the outermost one drains the queue before it returns. */
  run<T>(command: () => T): T {
    const mark = this.begin();
    let result: T;
    try {
      result = command();
    } catch (error) {
      this.abort(mark);
      throw error;
    }
    this.end();
    return result;
  }

  /** `run` in parts, for the hot path: a command begins. It has to `end` or `abort`. @returns what `abort` needs */
  begin(): number {
    this.#depth++;
    return this.#posted;
  }

  /** The command has ended well. */
  end(): void {
    this.#depth--;
    if (this.#depth > 0 || this.#draining) return;
    if (this.#posted !== this.#left || this.#late.length > 0) this.#drain();
  }

  /** The command failed; what it posted is dropped. */
  abort(mark: number): void {
    while (this.#posted > mark) this.#clear(--this.#posted & (this.#items.length - 1));
    this.#depth--;
  }

  #drain(): void {
    this.#draining = true;
    try {
      do this.#drainPosts();
      while (this.#bursts === 0 && this.#leaveLate());
    } finally {
      this.#draining = false;
      // The next command finds its slots where this one had them.
      if (this.#left === this.#posted) this.#rewind();
    }
  }

  #drainPosts(): void {
    while (this.#left !== this.#posted) {
      const slot = this.#left & (this.#items.length - 1);
      const receive = this.#receivers[slot] as (item: never) => void;
      const item = this.#items[slot] as never;
      this.#clear(slot);
      this.#left++;
      try {
        receive(item);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  /** @returns whether there was something */
  #leaveLate(): boolean {
    const leave = this.#late.shift();
    try {
      leave?.();
    } catch (error) {
      this.#onError(error);
    }
    return leave !== undefined;
  }

  #clear(slot: number): void {
    this.#receivers[slot] = undefined;
    this.#items[slot] = undefined;
  }

  #rewind(): void {
    this.#posted = 0;
    this.#left = 0;
    if (this.#items.length <= LARGE) return;
    this.#receivers = new Array(SMALLEST);
    this.#items = new Array(SMALLEST);
  }

  #grow(): void {
    const { length } = this.#items;
    const receivers = this.#receivers;
    const items = this.#items;
    this.#receivers = new Array(length * 2);
    this.#items = new Array(length * 2);
    for (let n = this.#left; n < this.#posted; n++) {
      this.#receivers[n & (length * 2 - 1)] = receivers[n & (length - 1)];
      this.#items[n & (length * 2 - 1)] = items[n & (length - 1)];
    }
  }
}
