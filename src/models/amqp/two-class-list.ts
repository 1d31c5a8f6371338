import type { Envelope } from './envelope.js';
import { ReadyList } from './ready-list.js';
import type { Line } from './returned-first-list.js';

/** Priorities above it are high. */
const HIGHEST_NORMAL = 4;
/** So many high messages go before a normal one has its turn. */
const HIGH_IN_A_ROW = 2;

/**
 * The order of a quorum queue since RabbitMQ 4.0: two classes of priority, of which the high one has two turns in three. A normal message has its turn only before high ones that were published after it.
 *
 * @see https://www.rabbitmq.com/docs/quorum-queues#priorities
 */
export class TwoClassList implements Line {
  readonly #high = new ReadyList();
  readonly #normal = new ReadyList();
  #turn = 0;
  #nextPosition = 1;

  get length(): number {
    return this.#high.length + this.#normal.length;
  }

  number(envelope: Envelope): void {
    envelope.position = this.#nextPosition++;
  }

  push(envelope: Envelope): void {
    const isHigh = (envelope.properties.priority ?? 0) > HIGHEST_NORMAL;
    (isHigh ? this.#high : this.#normal).push(envelope);
  }

  peek(): Envelope | undefined {
    return this.#next().peek();
  }

  shift(): Envelope | undefined {
    const next = this.#next();
    if (next.length > 0) this.#turn = this.#turn === HIGH_IN_A_ROW ? 0 : this.#turn + 1;
    return next.shift();
  }

  clear(): void {
    for (const list of [this.#high, this.#normal]) list.clear();
  }

  *values(): Iterable<Envelope> {
    const high = [...this.#high.values()];
    const normal = [...this.#normal.values()];
    let turn = this.#turn;
    while (high.length > 0 || normal.length > 0) {
      const fromHigh = takesHigh(high[0], normal[0], turn);
      turn = turn === HIGH_IN_A_ROW ? 0 : turn + 1;
      yield (fromHigh ? high.shift() : normal.shift()) as Envelope;
    }
  }

  #next(): ReadyList {
    return takesHigh(this.#high.peek(), this.#normal.peek(), this.#turn) ? this.#high : this.#normal;
  }
}

function takesHigh(high: Envelope | undefined, normal: Envelope | undefined, turn: number): boolean {
  if (!high || !normal) return high !== undefined;
  return turn !== HIGH_IN_A_ROW || high.position < normal.position;
}
