import type { Destination } from './binding.js';
import { EdgeTable } from './edge-table.js';
import { DestinationSet } from './match.js';
import { WordTable } from './word-table.js';

/** Numbers of a node, side by side in one array: 16 bytes, so that they are in one line of the processor's cache. */
const WIDTH = 4;
/** The nodes behind its `*` and its `#`, 0 for none. */
const STAR = 0;
const HASH = 1;
/** The step that came here last. */
const STEP = 2;
/**
 * A bit for each word that it has a child for, by the word's number modulo 31: most have one child, and need not be
 * asked for the others. The sign is that of a node behind a `#`, which stays a place whatever follows.
 */
const FILTER = 3;
const BEHIND_HASH = 1 << 31;
const bitOf = (word: number): number => 1 << (word % 31);

const ROOT = 1;
const SMALLEST = 16;
const LAST_STEP = 0x7fffffff;

const isWildcard = (word: string): boolean => word === '*' || word === '#';

/**
 * Topic patterns with wildcards as a tree of their words, matched word by word with the set of all nodes that the key
 * may have come to, so that the work is bounded by words times nodes. Nodes are numbers, since the objects of a large
 * tree would be all over the memory.
 */
export class PatternTree {
  readonly #words = new WordTable();
  readonly #children = new EdgeTable();
  /** How many children behind words a node has. */
  readonly #childCounts: number[] = [0, 0];
  #nodes = new Int32Array(SMALLEST * WIDTH);
  /** Destinations of patterns that end at a node. */
  readonly #ends: Array<DestinationSet | undefined> = [undefined, undefined];
  /** Numbers that may be given out again. */
  readonly #free: number[] = [];
  #patternCount = 0;
  #step = 0;
  // Of the match that runs, kept for the next: words of its key, places now and after the next word. An array that is
  // cut to length 0 would lose its room.
  readonly #ids: number[] = [];
  #places: number[] = [];
  #placeCount = 0;
  #nextPlaces: number[] = [];
  #nextCount = 0;

  /** Patterns, each as often as it was added. */
  get size(): number {
    return this.#patternCount;
  }

  add(words: readonly string[], destination: Destination): void {
    let node = ROOT;
    for (const word of words) node = this.#childFor(node, word);
    const ends = this.#ends[node] ?? new DestinationSet();
    this.#ends[node] = ends;
    ends.add(destination);
    this.#patternCount++;
  }

  remove(words: readonly string[], destination: Destination): void {
    this.#patternCount--;
    // A word may mean another number once it is out of use.
    const labels = words.map((word) => (isWildcard(word) ? word : this.#words.remove(word)));
    const path = [ROOT];
    for (const label of labels) path.push(this.#child(path.at(-1) as number, label));
    const end = path.at(-1) as number;
    this.#ends[end]?.remove(destination);
    if (this.#ends[end]?.size === 0) this.#ends[end] = undefined;
    for (let depth = path.length - 1; depth > 0 && this.#isEmpty(path[depth] as number); depth--) {
      this.#drop(path[depth - 1] as number, labels[depth - 1] as string | number, path[depth] as number);
    }
  }

  /** @returns the destinations of each pattern that matches, behind `first`; undefined when there are none at all */
  find(key: string, first: DestinationSet | undefined): DestinationSet[] | undefined {
    const wordCount = this.#words.read(key, this.#ids);
    this.#nextCount = 0;
    this.#enter(ROOT, this.#nextStep());
    this.#swap();
    for (let at = 0; at < wordCount && this.#placeCount > 0; at++) this.#advance(this.#ids[at] as number);
    let found = first && [first];
    for (let n = 0; n < this.#placeCount; n++) {
      const ends = this.#ends[this.#places[n] as number];
      if (ends === undefined) continue;
      if (found === undefined) found = [ends];
      else found.push(ends);
    }
    return found;
  }

  /** Moves on by one word. */
  #advance(word: number): void {
    const nodes = this.#nodes;
    const places = this.#places;
    const count = this.#placeCount;
    const step = this.#nextStep();
    const bit = word === 0 ? 0 : bitOf(word);
    this.#nextCount = 0;
    for (let n = 0; n < count; n++) {
      const node = places[n] as number;
      const filter = nodes[node * WIDTH + FILTER] as number;
      const star = nodes[node * WIDTH + STAR] as number;
      // What lies behind its own `#` is a place already, and stays one.
      if (filter < 0) this.#enter(node, step);
      const child = (filter & bit) === 0 ? 0 : this.#children.get(node, word);
      if (child !== 0) this.#enter(child, step);
      if (star !== 0) this.#enter(star, step);
    }
    this.#swap();
  }

  /** Adds a place for the next word and, since `#` also stands for no word at all, the one behind its `#`. */
  #enter(node: number, step: number): void {
    const nodes = this.#nodes;
    for (let at = node; at !== 0 && nodes[at * WIDTH + STEP] !== step; at = nodes[at * WIDTH + HASH] as number) {
      nodes[at * WIDTH + STEP] = step;
      this.#nextPlaces[this.#nextCount++] = at;
    }
  }

  #swap(): void {
    const places = this.#places;
    this.#places = this.#nextPlaces;
    this.#placeCount = this.#nextCount;
    this.#nextPlaces = places;
  }

  #nextStep(): number {
    if (this.#step === LAST_STEP) {
      for (let at = STEP; at < this.#nodes.length; at += WIDTH) this.#nodes[at] = 0;
      this.#step = 0;
    }
    return ++this.#step;
  }

  #childFor(node: number, word: string): number {
    const label = isWildcard(word) ? word : this.#words.add(word);
    const found = this.#child(node, label);
    if (found !== 0) return found;
    const child = this.#newNode(label === '#');
    this.#link(node, label, child);
    return child;
  }

  #child(node: number, label: string | number): number {
    if (typeof label === 'string') return this.#nodes[node * WIDTH + columnOf(label)] as number;
    return this.#children.get(node, label);
  }

  #link(node: number, label: string | number, child: number): void {
    const at = node * WIDTH;
    if (typeof label === 'string') this.#nodes[at + columnOf(label)] = child;
    else {
      this.#children.add(node, label, child);
      (this.#childCounts[node] as number)++;
      (this.#nodes[at + FILTER] as number) |= bitOf(label);
    }
  }

  #drop(node: number, label: string | number, child: number): void {
    this.#free.push(child);
    if (typeof label === 'string') this.#nodes[node * WIDTH + columnOf(label)] = 0;
    else {
      // Its bit stays: another word may have the same.
      this.#children.remove(node, label);
      (this.#childCounts[node] as number)--;
    }
  }

  #isEmpty(node: number): boolean {
    if (this.#ends[node] !== undefined || this.#childCounts[node] !== 0) return false;
    return this.#nodes[node * WIDTH + STAR] === 0 && this.#nodes[node * WIDTH + HASH] === 0;
  }

  #newNode(isHash: boolean): number {
    const node = this.#free.pop() ?? this.#ends.push(undefined) - 1;
    if (node * WIDTH === this.#nodes.length) {
      const nodes = new Int32Array(this.#nodes.length * 2);
      nodes.set(this.#nodes);
      this.#nodes = nodes;
    }
    this.#nodes.fill(0, node * WIDTH, (node + 1) * WIDTH);
    this.#childCounts[node] = 0;
    if (isHash) this.#nodes[node * WIDTH + FILTER] = BEHIND_HASH;
    return node;
  }
}

const columnOf = (wildcard: string): number => (wildcard === '*' ? STAR : HASH);
