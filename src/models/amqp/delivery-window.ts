import type { Envelope } from './envelope.js';

const SMALLEST = 16;
/** A window that is longer than this and mostly empty moves its oldest entries out of the ring. */
const SPARSE_SPAN = 65_536;

/**
 * What a channel has delivered and nobody has settled yet, by delivery tag. Tags only grow, so entries lie in a ring
 * with holes; a few very old ones that would keep the ring long are kept in a map instead.
 */
export class DeliveryWindow<Taker> {
  // Each entry is an envelope and, next to it, its taker: what is acked in any order is seldom in the processor's
  // cache, and has to be fetched once this way.
  #ring: Array<Envelope | Taker | undefined> = new Array(2 * SMALLEST);
  /** Tags of the ring: `#first` (smallest that may be filled) to `#next - 1`. */
  #first = 1;
  #next = 1;
  #inRing = 0;
  readonly #old = new Map<number, readonly [Envelope, Taker]>();
  /** The taker of what `take` returned last. */
  taken: Taker | undefined;

  get size(): number {
    return this.#inRing + this.#old.size;
  }

  /** @param tag larger than any before */
  add(tag: number, envelope: Envelope, taker: Taker): void {
    if (this.#inRing === 0) this.#first = tag;
    else if (2 * (tag - this.#first) >= this.#ring.length) this.#makeRoom(tag);
    const slot = this.#slot(tag);
    this.#ring[slot] = envelope;
    this.#ring[slot + 1] = taker;
    this.#next = tag + 1;
    this.#inRing++;
  }

  has(tag: number): boolean {
    return this.#inTheRing(tag) ? this.#ring[this.#slot(tag)] !== undefined : this.#old.has(tag);
  }

  /** Removes an entry; its taker is in `taken`. Undefined when there is none. */
  take(tag: number): Envelope | undefined {
    if (!this.#inTheRing(tag)) {
      const entry = this.#old.get(tag);
      if (!entry) return undefined;
      this.#old.delete(tag);
      this.taken = entry[1];
      return entry[0];
    }
    const slot = this.#slot(tag);
    const envelope = this.#ring[slot] as Envelope | undefined;
    if (envelope === undefined) return undefined;
    this.taken = this.#ring[slot + 1] as Taker;
    this.#ring[slot] = undefined;
    this.#ring[slot + 1] = undefined;
    this.#inRing--;
    if (tag === this.#first) this.#skipHoles();
    return envelope;
  }

  /** The oldest tag; undefined when nothing is unsettled. */
  get oldest(): number | undefined {
    if (this.#old.size > 0) return this.#old.keys().next().value;
    return this.#inRing > 0 ? this.#first : undefined;
  }

  /** Tags up to `last`, oldest first. */
  tags(last = Infinity): number[] {
    const tags: number[] = [];
    for (const tag of this.#old.keys()) if (tag <= last) tags.push(tag);
    if (this.#inRing === 0) return tags;
    for (let tag = this.#first; tag < this.#next && tag <= last; tag++) {
      if (this.#ring[this.#slot(tag)] !== undefined) tags.push(tag);
    }
    return tags;
  }

  /** Reads an entry and leaves it; its taker is in `taken`. */
  peek(tag: number): Envelope | undefined {
    if (!this.#inTheRing(tag)) {
      const entry = this.#old.get(tag);
      this.taken = entry?.[1];
      return entry?.[0];
    }
    this.taken = this.#ring[this.#slot(tag) + 1] as Taker | undefined;
    return this.#ring[this.#slot(tag)] as Envelope | undefined;
  }

  /** Gives an entry another taker. */
  retake(tag: number, taker: Taker): void {
    const envelope = this.peek(tag);
    if (!envelope) return;
    if (this.#inTheRing(tag)) this.#ring[this.#slot(tag) + 1] = taker;
    else this.#old.set(tag, [envelope, taker]);
  }

  clear(): void {
    this.#ring = new Array(2 * SMALLEST);
    this.#inRing = 0;
    this.#old.clear();
  }

  #inTheRing(tag: number): boolean {
    return this.#inRing > 0 && tag >= this.#first && tag < this.#next;
  }

  #slot(tag: number): number {
    return (2 * tag) & (this.#ring.length - 2);
  }

  #skipHoles(): void {
    if (this.#inRing === 0) return;
    while (this.#ring[this.#slot(this.#first)] === undefined) this.#first++;
  }

  #makeRoom(tag: number): void {
    const span = tag - this.#first;
    if (span >= SPARSE_SPAN && this.#inRing * 8 < span) {
      while (this.#inRing > 0 && tag - this.#first >= this.#ring.length / 4) {
        const oldest = this.#first;
        const envelope = this.take(oldest) as Envelope;
        this.#old.set(oldest, [envelope, this.taken as Taker]);
      }
      if (this.#inRing === 0) this.#first = tag;
      return;
    }
    let { length } = this.#ring;
    while (length <= 2 * span) length *= 2;
    const ring: Array<Envelope | Taker | undefined> = new Array(length);
    for (let at = this.#first; at < this.#next; at++) {
      const slot = this.#slot(at);
      const to = (2 * at) & (length - 2);
      ring[to] = this.#ring[slot];
      ring[to + 1] = this.#ring[slot + 1];
    }
    this.#ring = ring;
  }
}
