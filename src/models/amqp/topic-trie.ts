import type { Binding } from './binding.js';
import { DestinationSet, destinationsOf, type Match, NO_MATCH, unite } from './match.js';
import { RouteCache } from './route-cache.js';
import { WordTable } from './word-table.js';

/** A place in the trie: one word of a pattern further than its parent. */
class TopicNode {
  /** Reached by a `#`: it stays a place whatever words follow. */
  readonly isHash: boolean;
  star: TopicNode | undefined;
  hash: TopicNode | undefined;
  /** Destinations of patterns that end here. */
  ends: DestinationSet | undefined;
  /** The step that came here last. */
  step = 0;
  // Far from the root nearly every node has one child: that one needs no map. 0 is no word.
  #onlyWord = 0;
  #onlyChild: TopicNode | undefined;
  #others: Map<number, TopicNode> | undefined;

  constructor(isHash: boolean) {
    this.isHash = isHash;
  }

  get isEmpty(): boolean {
    return !this.#onlyChild && !this.#others && !this.star && !this.hash && !this.ends;
  }

  /** The child behind the word of this number. */
  child(word: number): TopicNode | undefined {
    if (this.#onlyWord === word) return this.#onlyChild;
    return this.#others === undefined ? undefined : this.#others.get(word);
  }

  addChild(word: number, child: TopicNode): void {
    if (this.#onlyChild) {
      this.#others ??= new Map();
      this.#others.set(word, child);
    } else {
      this.#onlyWord = word;
      this.#onlyChild = child;
    }
  }

  removeChild(word: number): void {
    if (this.#onlyWord === word) {
      this.#onlyWord = 0;
      this.#onlyChild = undefined;
    } else if (this.#others?.delete(word) && this.#others.size === 0) this.#others = undefined;
  }
}

/**
 * Topic patterns. Those without wildcards are in a plain map; the others in a trie, matched word by word with the set
 * of all places that the key may have come to, so that the work is bounded by words times places.
 */
export class TopicTrie {
  readonly #exact = new Map<string, DestinationSet>();
  readonly #root = new TopicNode(false);
  readonly #words = new WordTable();
  readonly #cache = new RouteCache();
  #patternCount = 0;
  #step = 0;
  // Of the match that runs, kept for the next: words of its key, places now and after the next word. An array that is
  // cut to length 0 would lose its room.
  readonly #ids: number[] = [];
  #places: TopicNode[] = [];
  #placeCount = 0;
  #nextPlaces: TopicNode[] = [];
  #nextCount = 0;

  add(binding: Binding): void {
    this.#cache.invalidate();
    const words = binding.routingKey.split('.');
    if (!words.some(isWildcard)) {
      destinationsOf(this.#exact, binding.routingKey).add(binding.destination);
      return;
    }
    let node = this.#root;
    for (const word of words) node = childOf(node, isWildcard(word) ? word : this.#words.add(word));
    node.ends ??= new DestinationSet();
    node.ends.add(binding.destination);
    this.#patternCount++;
  }

  remove(binding: Binding): void {
    this.#cache.invalidate();
    const words = binding.routingKey.split('.');
    if (!words.some(isWildcard)) {
      const set = this.#exact.get(binding.routingKey);
      set?.remove(binding.destination);
      if (set?.size === 0) this.#exact.delete(binding.routingKey);
      return;
    }
    this.#patternCount--;
    const steps = words.map((word) => (isWildcard(word) ? word : this.#words.remove(word)));
    removePath(this.#root, steps, 0, binding);
  }

  match(routingKey: string): Match {
    if (this.#patternCount === 0) return this.#exact.get(routingKey)?.match ?? NO_MATCH;
    return this.#cache.match(routingKey, this.#find);
  }

  readonly #find = (routingKey: string): Match => {
    const exact = this.#exact.get(routingKey);
    const wordCount = this.#words.read(routingKey, this.#ids);
    this.#nextCount = 0;
    this.#enter(this.#root, ++this.#step);
    this.#swap();
    for (let at = 0; at < wordCount && this.#placeCount > 0; at++) this.#advance(this.#ids[at] as number);
    let found: DestinationSet[] | undefined;
    for (let n = 0; n < this.#placeCount; n++) {
      const { ends } = this.#places[n] as TopicNode;
      if (!ends) continue;
      if (found) found.push(ends);
      else found = exact ? [exact, ends] : [ends];
    }
    return found ? unite(found) : (exact?.match ?? NO_MATCH);
  };

  /** Moves on by one word. */
  #advance(word: number): void {
    const places = this.#places;
    const count = this.#placeCount;
    const step = ++this.#step;
    this.#nextCount = 0;
    for (let n = 0; n < count; n++) {
      const node = places[n] as TopicNode;
      // What lies behind its own `#` is a place already, and stays one.
      if (node.isHash) this.#enter(node, step);
      const child = word === 0 ? undefined : node.child(word);
      if (child) this.#enter(child, step);
      if (node.star) this.#enter(node.star, step);
    }
    this.#swap();
  }

  /** Adds a place for the next word and, since `#` also stands for no word at all, the one behind its `#`. */
  #enter(node: TopicNode, step: number): void {
    for (let at: TopicNode | undefined = node; at && at.step !== step; at = at.hash) {
      at.step = step;
      this.#nextPlaces[this.#nextCount++] = at;
    }
  }

  #swap(): void {
    const places = this.#places;
    this.#places = this.#nextPlaces;
    this.#placeCount = this.#nextCount;
    this.#nextPlaces = places;
  }
}

/** A wildcard, or the number of a word. */
type Step = string | number;

const isWildcard = (word: string): boolean => word === '*' || word === '#';

function childOf(node: TopicNode, step: Step): TopicNode {
  if (step === '*') {
    node.star ??= new TopicNode(false);
    return node.star;
  }
  if (step === '#') {
    node.hash ??= new TopicNode(true);
    return node.hash;
  }
  const word = step as number;
  let child = node.child(word);
  if (!child) {
    child = new TopicNode(false);
    node.addChild(word, child);
  }
  return child;
}

function removePath(node: TopicNode, steps: readonly Step[], depth: number, binding: Binding): void {
  const step = steps[depth];
  if (step === undefined) {
    node.ends?.remove(binding.destination);
    if (node.ends?.size === 0) node.ends = undefined;
    return;
  }
  const child = step === '*' ? node.star : step === '#' ? node.hash : node.child(step as number);
  if (!child) return;
  removePath(child, steps, depth + 1, binding);
  if (!child.isEmpty) return;
  if (step === '*') node.star = undefined;
  else if (step === '#') node.hash = undefined;
  else node.removeChild(step as number);
}
