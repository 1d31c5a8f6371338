import { type Collection, ELEMENT_OVERHEAD } from './collection.js';

export type Side = 'left' | 'right';

/** Elements in order; both ends take and give in constant time. */
export class ListValue implements Collection {
  readonly type = 'list';
  /** Elements stand from `#head` on; the room before it takes what is pushed on the left. */
  #items: string[] = [];
  #head = 0;
  #bytes = 0;

  static load(saved: unknown): ListValue {
    const made = new ListValue();
    for (const item of saved as string[]) made.push('right', item);
    return made;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** The element at a position from the left; undefined outside. */
  at(index: number): string | undefined {
    return index < 0 ? undefined : this.#items[this.#head + index];
  }

  push(side: Side, item: string): void {
    this.#bytes += item.length + ELEMENT_OVERHEAD;
    if (side === 'right') {
      this.#items.push(item);
      return;
    }
    if (this.#head === 0) this.#makeRoom();
    this.#items[--this.#head] = item;
  }

  pop(side: Side): string | undefined {
    if (this.length === 0) return undefined;
    let item: string;
    if (side === 'right') item = this.#items.pop() as string;
    else {
      item = this.#items[this.#head] as string;
      this.#items[this.#head++] = '';
    }
    this.#bytes -= item.length + ELEMENT_OVERHEAD;
    if (this.#head > 64 && this.#head * 2 > this.#items.length) this.#compact();
    return item;
  }

  /** Elements of `from` up to, not including, `to`. */
  slice(from: number, to: number): string[] {
    return this.#items.slice(this.#head + from, this.#head + to);
  }

  /** Replaces the element at a position that exists. */
  replace(index: number, item: string): void {
    this.#bytes += item.length - (this.#items[this.#head + index] as string).length;
    this.#items[this.#head + index] = item;
  }

  /** Puts an element before the one at `index`; `length` appends. */
  insert(index: number, item: string): void {
    this.#bytes += item.length + ELEMENT_OVERHEAD;
    this.#items.splice(this.#head + index, 0, item);
  }

  removeAt(index: number): void {
    const [item = ''] = this.#items.splice(this.#head + index, 1);
    this.#bytes -= item.length + ELEMENT_OVERHEAD;
  }

  /** Keeps `from` up to, not including, `to`. */
  trim(from: number, to: number): void {
    const kept = this.slice(from, Math.max(from, to));
    this.#items = [];
    this.#head = 0;
    this.#bytes = 0;
    for (const item of kept) this.push('right', item);
  }

  clone(): ListValue {
    return ListValue.load(this.slice(0, this.length));
  }

  save(): unknown {
    return this.slice(0, this.length);
  }

  #makeRoom(): void {
    const room = Math.max(8, this.#items.length >> 1);
    this.#items = new Array<string>(room).fill('').concat(this.#items);
    this.#head = room;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
