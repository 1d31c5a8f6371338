import { type Collection, ELEMENT_OVERHEAD } from './collection.js';

/** Fields and their contents, in order of creation. */
export class HashValue implements Collection {
  readonly type = 'hash';
  readonly #fields = new Map<string, string>();
  /** How Redis would keep it. */
  encoding: 'listpack' | 'hashtable' = 'listpack';
  /** Bytes of the longest field or content that it ever held. */
  longest = 0;
  #bytes = 0;

  static load(saved: unknown): HashValue {
    const made = new HashValue();
    for (const [field, content] of saved as Array<readonly [string, string]>) made.set(field, content);
    return made;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#fields.size;
  }

  get isEmpty(): boolean {
    return this.#fields.size === 0;
  }

  get(field: string): string | undefined {
    return this.#fields.get(field);
  }

  has(field: string): boolean {
    return this.#fields.has(field);
  }

  entries(): IterableIterator<[field: string, content: string]> {
    return this.#fields.entries();
  }

  /** Stores a field; true when it is new. */
  set(field: string, content: string): boolean {
    const old = this.#fields.get(field);
    this.#fields.set(field, content);
    this.longest = Math.max(this.longest, field.length, content.length);
    this.#bytes += old === undefined ? field.length + content.length + ELEMENT_OVERHEAD : content.length - old.length;
    return old === undefined;
  }

  /** Removes a field; false when there was none. */
  delete(field: string): boolean {
    const old = this.#fields.get(field);
    if (old === undefined) return false;
    this.#fields.delete(field);
    this.#bytes -= field.length + old.length + ELEMENT_OVERHEAD;
    return true;
  }

  clone(): HashValue {
    const copy = HashValue.load([...this.#fields]);
    copy.encoding = this.encoding;
    return copy;
  }

  save(): unknown {
    return [...this.#fields];
  }
}
