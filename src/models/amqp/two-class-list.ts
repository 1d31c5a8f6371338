import type { Envelope } from './envelope.js';
import { type MessageStore, ReadyList } from './ready-list.js';

/** Priorities above it are high. */
const HIGHEST_NORMAL = 4;
/** So many high messages go before a normal one has its turn. */
const HIGH_IN_A_ROW = 2;

/**
 * The order of a quorum queue since RabbitMQ 4.0: what came back first, then two classes of priority, of which the high
 * one has two turns in three. A normal message has its turn only before high ones that were published after it.
 *
 * @see https://www.rabbitmq.com/docs/quorum-queues#priorities
 */
export class TwoClassList implements MessageStore {
  readonly #returned = new ReadyList();
  readonly #high = new ReadyList();
  readonly #normal = new ReadyList();
  #turn = 0;
  #nextPosition = 1;

  get length(): number {
    return this.#returned.length + this.#high.length + this.#normal.length;
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
    if (next !== this.#returned && next.length > 0) this.#turn = this.#turn === HIGH_IN_A_ROW ? 0 : this.#turn + 1;
    return next.shift();
  }

  giveBack(envelope: Envelope): void {
    this.#returned.push(envelope);
  }

  clear(): void {
    for (const list of [this.#returned, this.#high, this.#normal]) list.clear();
  }

  *values(): Iterable<Envelope> {
    yield* this.#returned.values();
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
    if (this.#returned.length > 0) return this.#returned;
    return takesHigh(this.#high.peek(), this.#normal.peek(), this.#turn) ? this.#high : this.#normal;
  }
}

function takesHigh(high: Envelope | undefined, normal: Envelope | undefined, turn: number): boolean {
  if (!high || !normal) return high !== undefined;
  return turn !== HIGH_IN_A_ROW || high.position < normal.position;
}
