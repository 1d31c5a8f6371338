import type { StreamId } from './stream-id.js';

/**
 * Values by stream identifier, in the order of identifiers. Built for what pending lists see: identifiers come in
 * rising order and leave from the front. Removed ones stay in the order until they are the majority.
 */
export class SortedIdMap<T> {
  readonly #values = new Map<StreamId, T>();
  #order: StreamId[] = [];

  get size(): number {
    return this.#values.size;
  }

  get(id: StreamId): T | undefined {
    return this.#values.get(id);
  }

  has(id: StreamId): boolean {
    return this.#values.has(id);
  }

  set(id: StreamId, value: T): void {
    if (!this.#values.has(id)) this.#insert(id);
    this.#values.set(id, value);
  }

  delete(id: StreamId): boolean {
    if (!this.#values.delete(id)) return false;
    if (this.#order.length > 2 * this.#values.size + 32) this.#order = this.#order.filter((k) => this.#values.has(k));
    return true;
  }

  /** Entries from an identifier on, in order. Entries may be removed while walking. */
  *from(start: StreamId): Generator<readonly [id: StreamId, value: T]> {
    const order = this.#order;
    for (let i = this.#lowerBound(start); i < order.length; i++) {
      const id = order[i] as StreamId;
      const value = this.#values.get(id);
      if (value !== undefined) yield [id, value];
    }
  }

  /** The smallest identifier. */
  get first(): StreamId | undefined {
    return this.#order.find((id) => this.#values.has(id));
  }

  /** The greatest identifier. */
  get last(): StreamId | undefined {
    for (let i = this.#order.length - 1; i >= 0; i--) {
      const id = this.#order[i] as StreamId;
      if (this.#values.has(id)) return id;
    }
    return undefined;
  }

  #insert(id: StreamId): void {
    const order = this.#order;
    const last = order[order.length - 1];
    if (last === undefined || last < id) {
      order.push(id);
      return;
    }
    const at = this.#lowerBound(id);
    // A removed identifier may still have its place.
    if (order[at] !== id) order.splice(at, 0, id);
  }

  #lowerBound(id: StreamId): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#order[middle] as StreamId) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
