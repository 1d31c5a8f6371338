/**
 * Ids that a broker makes up, as numbers in the order in which it shows them, so that those of two brokers compare.
 *
 * The order in a list says nothing: entries stand in the order of what they say and of the numbers that are known.
 * Where entries differ only in ids that are new, none of these gets a number yet.
 */

const MARK = '\ue000';
const MARKED = new RegExp(`${MARK}(\\w+):([^${MARK}]*)${MARK}`, 'g');

/** An id that is numbered when everything around it is in order. */
export function marked(kind: string, id: string): string {
  return `${MARK}${kind}:${id}${MARK}`;
}

/** The ids of one broker in one program. */
export class Numbering {
  readonly #numbers = new Map<string, number>();

  /** An id with its number; with none where it was not numbered yet. */
  known(kind: string, id: string): string {
    return `${kind}#${this.#numbers.get(`${kind} ${id}`) ?? '?'}`;
  }

  /** Numbers what is marked in a text. */
  numbered(text: string): string {
    return text.replace(MARKED, (_, kind: string, id: string) => {
      const key = `${kind} ${id}`;
      if (!this.#numbers.has(key)) this.#numbers.set(key, this.#numbers.size);
      return this.known(kind, id);
    });
  }

  /** Entries of a list in an order that two brokers agree on. */
  sorted<T>(list: readonly T[], describe: (item: T) => string): T[] {
    const keyed = list.map((item) => ({ key: this.#withKnown(describe(item)), item }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    return keyed.map(({ key, item }, at) =>
      key === keyed[at - 1]?.key || key === keyed[at + 1]?.key
        ? (JSON.parse(this.#withKnown(JSON.stringify(item))) as T)
        : item,
    );
  }

  #withKnown(text: string): string {
    return text.replace(MARKED, (_, kind: string, id: string) => this.known(kind, id));
  }
}
