import type { Envelope } from './envelope.js';
import { type MessageStore, ReadyList } from './ready-list.js';

/** Where messages wait that have not been out. */
export type Line = Omit<MessageStore, 'giveBack'>;

/** What came back goes before all else, in the order in which it came back; the rest is in an order of its own. */
export class ReturnedFirstList implements MessageStore {
  readonly #returned = new ReadyList();
  readonly #rest: Line;

  constructor(rest: Line) {
    this.#rest = rest;
  }

  get length(): number {
    return this.#returned.length + this.#rest.length;
  }

  number(envelope: Envelope): void {
    this.#rest.number(envelope);
  }

  push(envelope: Envelope): void {
    this.#rest.push(envelope);
  }

  peek(): Envelope | undefined {
    return this.#returned.peek() ?? this.#rest.peek();
  }

  shift(): Envelope | undefined {
    return this.#returned.shift() ?? this.#rest.shift();
  }

  giveBack(envelope: Envelope): void {
    this.#returned.push(envelope);
  }

  clear(): void {
    this.#returned.clear();
    this.#rest.clear();
  }

  *values(): Iterable<Envelope> {
    yield* this.#returned.values();
    yield* this.#rest.values();
  }
}
