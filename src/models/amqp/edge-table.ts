const SMALLEST = 16;
/** Numbers of a slot: where the edge starts (0 in a free slot), its label, where it leads, and one that is not used. */
const WIDTH = 4;

/**
 * Labelled edges between numbered nodes. They lie in one array, each in the first free slot from the one that its hash
 * names on, so that to find one takes a single line of the processor's cache.
 */
export class EdgeTable {
  #slots = new Int32Array(SMALLEST * WIDTH);
  #mask = SMALLEST - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Where the edge of this label leads; 0 when there is none. */
  get(from: number, label: number): number {
    return this.#slots[this.#find(from, label) + 2] as number;
  }

  /** Adds an edge that is not there. All three numbers are above 0. */
  add(from: number, label: number, to: number): void {
    if (++this.#size * 3 > this.#mask * 2) this.#grow();
    this.#put(from, label, to);
  }

  /** Removes an edge that is there. */
  remove(from: number, label: number): void {
    this.#size--;
    const slots = this.#slots;
    let gap = this.#find(from, label) / WIDTH;
    // What comes behind without a gap moves up, where its hash allows that.
    for (let slot = (gap + 1) & this.#mask; slots[slot * WIDTH] !== 0; slot = (slot + 1) & this.#mask) {
      const home = this.#home(slots[slot * WIDTH] as number, slots[slot * WIDTH + 1] as number);
      if (((slot - home) & this.#mask) < ((slot - gap) & this.#mask)) continue;
      slots.copyWithin(gap * WIDTH, slot * WIDTH, (slot + 1) * WIDTH);
      gap = slot;
    }
    slots.fill(0, gap * WIDTH, (gap + 1) * WIDTH);
  }

  /** Index of the edge in the array, or of the free slot that ends the search for it. */
  #find(from: number, label: number): number {
    const slots = this.#slots;
    let at = this.#home(from, label) * WIDTH;
    while (slots[at] !== 0 && (slots[at] !== from || slots[at + 1] !== label)) at = (at + WIDTH) & (slots.length - 1);
    return at;
  }

  #home(from: number, label: number): number {
    const hash = Math.imul(from, 0x9e3779b1) ^ Math.imul(label, 0x85ebca6b);
    return (hash ^ (hash >>> 15)) & this.#mask;
  }

  #put(from: number, label: number, to: number): void {
    const at = this.#find(from, label);
    this.#slots[at] = from;
    this.#slots[at + 1] = label;
    this.#slots[at + 2] = to;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let at = 0; at < old.length; at += WIDTH) {
      if (old[at] !== 0) this.#put(old[at] as number, old[at + 1] as number, old[at + 2] as number);
    }
  }
}
