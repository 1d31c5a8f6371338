import { Heap } from '../../core/heap.js';
import type { Envelope } from './envelope.js';

/** Messages waiting in a queue: taken from the front, added at the back, given back to where they were. */
export interface MessageStore {
  readonly length: number;
  /** Gives a message the position behind all others. */
  number(envelope: Envelope): void;
  push(envelope: Envelope): void;
  peek(): Envelope | undefined;
  shift(): Envelope | undefined;
  /** Puts a message that was taken earlier back to its old place. */
  giveBack(envelope: Envelope): void;
  clear(): void;
  /** In order of delivery. */
  values(): Iterable<Envelope>;
}

const SMALLEST = 16;

/**
 * First in, first out, in constant time. Whatever was taken came from the front, so what is given back precedes all
 * that never left: it waits in a heap, ordered by its old position.
 */
export class ReadyList implements MessageStore {
  #ring: Array<Envelope | undefined> = new Array(SMALLEST);
  #head = 0;
  #count = 0;
  #nextPosition = 1;
  #returned: Heap<Envelope> | undefined;

  get length(): number {
    return this.#count + (this.#returned?.size ?? 0);
  }

  number(envelope: Envelope): void {
    envelope.position = this.#nextPosition++;
  }

  push(envelope: Envelope): void {
    if (this.#count === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#count) & (this.#ring.length - 1)] = envelope;
    this.#count++;
  }

  peek(): Envelope | undefined {
    return this.#returned?.peek() ?? this.#ring[this.#head];
  }

  shift(): Envelope | undefined {
    if (this.#returned !== undefined) {
      const envelope = this.#returned.pop();
      if (this.#returned.size === 0) this.#returned = undefined;
      return envelope;
    }
    const envelope = this.#ring[this.#head];
    if (envelope === undefined) return undefined;
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#count--;
    if (this.#count === 0 && this.#ring.length > 4096) this.#release();
    return envelope;
  }

  giveBack(envelope: Envelope): void {
    this.#returned ??= new Heap<Envelope>((a, b) => a.position < b.position);
    this.#returned.push(envelope);
  }

  clear(): void {
    this.#returned = undefined;
    this.#release();
  }

  *values(): Iterable<Envelope> {
    if (this.#returned) yield* [...this.#returned.values()].sort((a, b) => a.position - b.position);
    for (let i = 0; i < this.#count; i++) {
      yield this.#ring[(this.#head + i) & (this.#ring.length - 1)] as Envelope;
    }
  }

  #grow(): void {
    const ring = this.#ring;
    const moved = ring.slice(this.#head).concat(ring.slice(0, this.#head));
    moved.length = ring.length * 2;
    this.#ring = moved;
    this.#head = 0;
  }

  #release(): void {
    this.#ring = new Array(SMALLEST);
    this.#head = 0;
    this.#count = 0;
  }
}

/** A list for each priority; the highest that has messages comes first. */
export class PriorityReadyList implements MessageStore {
  readonly #levels: ReadyList[];
  #count = 0;

  /** @param highest largest priority that counts, 0 to 255 */
  constructor(highest: number) {
    this.#levels = Array.from({ length: highest + 1 }, () => new ReadyList());
  }

  get length(): number {
    return this.#count;
  }

  /** As in RabbitMQ, each level counts on its own. */
  number(envelope: Envelope): void {
    this.#levelOf(envelope).number(envelope);
  }

  push(envelope: Envelope): void {
    this.#levelOf(envelope).push(envelope);
    this.#count++;
  }

  peek(): Envelope | undefined {
    return this.#highest()?.peek();
  }

  shift(): Envelope | undefined {
    const envelope = this.#highest()?.shift();
    if (envelope) this.#count--;
    return envelope;
  }

  giveBack(envelope: Envelope): void {
    this.#levelOf(envelope).giveBack(envelope);
    this.#count++;
  }

  clear(): void {
    for (const level of this.#levels) level.clear();
    this.#count = 0;
  }

  *values(): Iterable<Envelope> {
    for (let i = this.#levels.length - 1; i >= 0; i--) yield* (this.#levels[i] as ReadyList).values();
  }

  #levelOf(envelope: Envelope): ReadyList {
    const priority = Math.min(envelope.properties.priority ?? 0, this.#levels.length - 1);
    return this.#levels[priority] as ReadyList;
  }

  #highest(): ReadyList | undefined {
    if (this.#count === 0) return undefined;
    for (let i = this.#levels.length - 1; i >= 0; i--) {
      const level = this.#levels[i] as ReadyList;
      if (level.length > 0) return level;
    }
    return undefined;
  }
}
