import { type Collection, ELEMENT_OVERHEAD } from './collection.js';
import { strictInt64 } from './int64.js';

/** Distinct members; any of them can be reached by a number, for random picks. */
export class SetValue implements Collection {
  readonly type = 'set';
  readonly #positions = new Map<string, number>();
  readonly #members: string[] = [];
  /** How Redis would keep it. */
  encoding: 'intset' | 'listpack' | 'hashtable' = 'intset';
  /** Bytes of the longest member that it ever held. */
  longest = 0;
  /** Every member that it ever held was an integer. */
  numeric = true;
  #bytes = 0;

  static load(saved: unknown): SetValue {
    const made = new SetValue();
    for (const member of saved as string[]) made.add(member);
    return made;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#members.length;
  }

  get isEmpty(): boolean {
    return this.#members.length === 0;
  }

  has(member: string): boolean {
    return this.#positions.has(member);
  }

  /** All members, in no order that means anything. */
  members(): readonly string[] {
    return this.#members;
  }

  /** Adds a member; false when it was there. */
  add(member: string): boolean {
    if (this.#positions.has(member)) return false;
    this.#positions.set(member, this.#members.length);
    this.#members.push(member);
    this.longest = Math.max(this.longest, member.length);
    this.numeric &&= strictInt64(member) !== undefined;
    this.#bytes += member.length + ELEMENT_OVERHEAD;
    return true;
  }

  /** Removes a member; false when there was none. The last one takes its place. */
  delete(member: string): boolean {
    const position = this.#positions.get(member);
    if (position === undefined) return false;
    const last = this.#members.pop() as string;
    if (last !== member) {
      this.#members[position] = last;
      this.#positions.set(last, position);
    }
    this.#positions.delete(member);
    this.#bytes -= member.length + ELEMENT_OVERHEAD;
    return true;
  }

  clone(): SetValue {
    const copy = SetValue.load(this.#members);
    copy.encoding = this.encoding;
    return copy;
  }

  save(): unknown {
    return this.#members.slice();
  }
}
