import { type Collection, ELEMENT_OVERHEAD } from './collection.js';

/** A member with its score. */
export interface Scored {
  readonly member: string;
  readonly score: number;
}

const SCORE_BYTES = 8;

/** Members ordered by score, then by bytes. */
export class SortedSetValue implements Collection {
  readonly type = 'zset';
  readonly #scores = new Map<string, number>();
  readonly #order: Scored[] = [];
  /** How Redis would keep it. */
  encoding: 'listpack' | 'skiplist' = 'listpack';
  /** Bytes of the longest member that it ever held. */
  longest = 0;
  #bytes = 0;

  static load(saved: unknown): SortedSetValue {
    const made = new SortedSetValue();
    for (const [member, score] of saved as Array<readonly [string, number]>) made.set(member, score);
    return made;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#order.length;
  }

  get isEmpty(): boolean {
    return this.#order.length === 0;
  }

  score(member: string): number | undefined {
    return this.#scores.get(member);
  }

  /** All members in order. */
  ordered(): readonly Scored[] {
    return this.#order;
  }

  /** Position of a member in the order; undefined when it is none. */
  rank(member: string): number | undefined {
    const score = this.#scores.get(member);
    return score === undefined ? undefined : this.#position(score, member);
  }

  /** Adds a member or moves it; true when it is new. */
  set(member: string, score: number): boolean {
    const old = this.#scores.get(member);
    if (old !== undefined) this.#order.splice(this.#position(old, member), 1);
    else this.#bytes += member.length + SCORE_BYTES + ELEMENT_OVERHEAD;
    this.#scores.set(member, score);
    this.longest = Math.max(this.longest, member.length);
    this.#order.splice(this.#position(score, member), 0, { member, score });
    return old === undefined;
  }

  delete(member: string): boolean {
    const score = this.#scores.get(member);
    if (score === undefined) return false;
    this.#order.splice(this.#position(score, member), 1);
    this.#scores.delete(member);
    this.#bytes -= member.length + SCORE_BYTES + ELEMENT_OVERHEAD;
    return true;
  }

  /** Number of members at the start for which `before` holds; it must hold for a prefix of the order. */
  countWhile(before: (entry: Scored) => boolean): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(this.#order[middle] as Scored)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  clone(): SortedSetValue {
    const copy = SortedSetValue.load(this.save());
    copy.encoding = this.encoding;
    return copy;
  }

  save(): unknown {
    return this.#order.map(({ member, score }) => [member, score]);
  }

  #position(score: number, member: string): number {
    return this.countWhile((entry) => entry.score < score || (entry.score === score && entry.member < member));
  }
}
