import type { Envelope } from './envelope.js';

const SMALLEST = 16;
/** A window that is longer than this and mostly empty moves its oldest entries out of the ring. */
const SPARSE_SPAN = 65_536;

/**
 * What a channel has delivered and nobody has settled yet, by delivery tag. Tags only grow, so entries lie in a ring
 * with holes; a few very old ones that would keep the ring long are kept in a map instead.
 */
export class DeliveryWindow<Taker> {
  #envelopes: Array<Envelope | undefined> = new Array(SMALLEST);
  #takers: Array<Taker | undefined> = new Array(SMALLEST);
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
    else if (tag - this.#first >= this.#envelopes.length) this.#makeRoom(tag);
    const slot = tag & (this.#envelopes.length - 1);
    this.#envelopes[slot] = envelope;
    this.#takers[slot] = taker;
    this.#next = tag + 1;
    this.#inRing++;
  }

  has(tag: number): boolean {
    return this.#inTheRing(tag) ? this.#envelopes[this.#slot(tag)] !== undefined : this.#old.has(tag);
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
    const envelope = this.#envelopes[slot];
    if (envelope === undefined) return undefined;
    this.taken = this.#takers[slot];
    this.#envelopes[slot] = undefined;
    this.#takers[slot] = undefined;
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
      if (this.#envelopes[this.#slot(tag)] !== undefined) tags.push(tag);
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
    this.taken = this.#takers[this.#slot(tag)];
    return this.#envelopes[this.#slot(tag)];
  }

  /** Gives an entry another taker. */
  retake(tag: number, taker: Taker): void {
    const envelope = this.peek(tag);
    if (!envelope) return;
    if (this.#inTheRing(tag)) this.#takers[this.#slot(tag)] = taker;
    else this.#old.set(tag, [envelope, taker]);
  }

  clear(): void {
    this.#envelopes = new Array(SMALLEST);
    this.#takers = new Array(SMALLEST);
    this.#inRing = 0;
    this.#old.clear();
  }

  #inTheRing(tag: number): boolean {
    return this.#inRing > 0 && tag >= this.#first && tag < this.#next;
  }

  #slot(tag: number): number {
    return tag & (this.#envelopes.length - 1);
  }

  #skipHoles(): void {
    if (this.#inRing === 0) return;
    while (this.#envelopes[this.#slot(this.#first)] === undefined) this.#first++;
  }

  #makeRoom(tag: number): void {
    const span = tag - this.#first;
    if (span >= SPARSE_SPAN && this.#inRing * 8 < span) {
      while (this.#inRing > 0 && tag - this.#first >= this.#envelopes.length / 2) {
        const oldest = this.#first;
        const envelope = this.take(oldest) as Envelope;
        this.#old.set(oldest, [envelope, this.taken as Taker]);
      }
      if (this.#inRing === 0) this.#first = tag;
      return;
    }
    let length = this.#envelopes.length;
    while (length <= span) length *= 2;
    const envelopes: Array<Envelope | undefined> = new Array(length);
    const takers: Array<Taker | undefined> = new Array(length);
    for (let at = this.#first; at < this.#next; at++) {
      envelopes[at & (length - 1)] = this.#envelopes[this.#slot(at)];
      takers[at & (length - 1)] = this.#takers[this.#slot(at)];
    }
    this.#envelopes = envelopes;
    this.#takers = takers;
  }
}
