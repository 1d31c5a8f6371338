import type { Consumer } from './consumer.js';

/**
 * Consumers in a row: they join at the end and leave from anywhere, both in constant time and without allocating. A
 * consumer stands in one row at most, of its queue or of its channel; joining one leaves the other.
 */
export class ConsumerRow {
  #first: Consumer | undefined;
  #last: Consumer | undefined;

  get first(): Consumer | undefined {
    return this.#first;
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** Puts a consumer at the end, wherever it stood before. */
  join(consumer: Consumer): void {
    if (consumer === this.#last) return;
    consumer.row?.leave(consumer);
    consumer.row = this;
    consumer.before = this.#last;
    if (this.#last) this.#last.after = consumer;
    else this.#first = consumer;
    this.#last = consumer;
  }

  /** Takes out a consumer that stands here. */
  leave(consumer: Consumer): void {
    const { before, after } = consumer;
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    else this.#last = before;
    consumer.row = undefined;
    consumer.before = undefined;
    consumer.after = undefined;
  }

  /** First to last, as they stand now. */
  values(): Consumer[] {
    const consumers: Consumer[] = [];
    for (let at = this.#first; at; at = at.after) consumers.push(at);
    return consumers;
  }
}
