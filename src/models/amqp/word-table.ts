const SMALLEST = 64;
const DOT = 46;
/** FNV-1a. */
const SEED = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

/**
 * Words of patterns, each a small integer above 0. The words of a key are found where they stand, by the hash of
 * their characters, so that nothing has to be cut out of the key.
 */
export class WordTable {
  /** By number; so are the hashes, the counts and the next of the same bucket (0 for none). */
  readonly #words: string[] = [''];
  readonly #hashes: number[] = [0];
  readonly #useCounts: number[] = [0];
  readonly #next: number[] = [0];
  /** Numbers that may be given out again. */
  readonly #free: number[] = [];
  #buckets = new Int32Array(SMALLEST);
  #size = 0;

  /** Words in use. */
  get size(): number {
    return this.#size;
  }

  /** Uses a word once more. @returns its number */
  add(word: string): number {
    const hash = hashOf(word);
    const id = this.#find(word, 0, word.length, hash) || this.#insert(word, hash);
    (this.#useCounts[id] as number)++;
    return id;
  }

  /** Ends one use of a word that is in use. @returns its number, which may mean another word from here on */
  remove(word: string): number {
    const id = this.#find(word, 0, word.length, hashOf(word));
    if (id !== 0 && --(this.#useCounts[id] as number) === 0) this.#delete(id);
    return id;
  }

  /**
   * Finds the words of a key; the empty key has none.
   *
   * @param ids where the number of each goes, 0 for a word that is not in use
   * @returns how many words there are
   */
  read(key: string, ids: number[]): number {
    const { length } = key;
    if (length === 0) return 0;
    let count = 0;
    let start = 0;
    let hash = SEED;
    for (let at = 0; at < length; at++) {
      const code = key.charCodeAt(at);
      if (code !== DOT) {
        hash = Math.imul(hash ^ code, PRIME);
        continue;
      }
      ids[count++] = this.#find(key, start, at, hash);
      start = at + 1;
      hash = SEED;
    }
    ids[count++] = this.#find(key, start, length, hash);
    return count;
  }

  #find(text: string, start: number, end: number, hash: number): number {
    let id = this.#buckets[this.#bucketOf(hash)] as number;
    while (id !== 0 && !(this.#hashes[id] === hash && isAt(this.#words[id] as string, text, start, end))) {
      id = this.#next[id] as number;
    }
    return id;
  }

  #insert(word: string, hash: number): number {
    const id = this.#free.pop() ?? this.#words.length;
    this.#words[id] = word;
    this.#hashes[id] = hash;
    this.#useCounts[id] = 0;
    if (++this.#size > this.#buckets.length) this.#grow();
    this.#link(id);
    return id;
  }

  #delete(id: number): void {
    const bucket = this.#bucketOf(this.#hashes[id] as number);
    const after = this.#next[id] as number;
    let before = this.#buckets[bucket] as number;
    if (before === id) this.#buckets[bucket] = after;
    else {
      while (this.#next[before] !== id) before = this.#next[before] as number;
      this.#next[before] = after;
    }
    this.#words[id] = '';
    this.#free.push(id);
    this.#size--;
  }

  #grow(): void {
    this.#buckets = new Int32Array(this.#buckets.length * 2);
    for (let id = 1; id < this.#words.length; id++) if (this.#useCounts[id] !== 0) this.#link(id);
  }

  #link(id: number): void {
    const bucket = this.#bucketOf(this.#hashes[id] as number);
    this.#next[id] = this.#buckets[bucket] as number;
    this.#buckets[bucket] = id;
  }

  #bucketOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & (this.#buckets.length - 1);
  }
}

function hashOf(word: string): number {
  let hash = SEED;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), PRIME);
  return hash;
}

function isAt(word: string, text: string, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let at = 0; at < word.length; at++) if (word.charCodeAt(at) !== text.charCodeAt(start + at)) return false;
  return true;
}
