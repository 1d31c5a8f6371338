import type { Binding } from './binding.js';
import { DestinationSet, destinationsOf, type Match, NO_MATCH, unite } from './match.js';

/** A place in the trie: one word of a pattern further than its parent. */
class TopicNode {
  readonly words = new Map<string, TopicNode>();
  star: TopicNode | undefined;
  hash: TopicNode | undefined;
  /** Destinations of patterns that end here. */
  ends: DestinationSet | undefined;

  get isEmpty(): boolean {
    return this.words.size === 0 && !this.star && !this.hash && !this.ends;
  }
}

/** Words of a key or pattern; the empty key has none. */
export function topicWords(key: string): string[] {
  return key === '' ? [] : key.split('.');
}

/**
 * Topic patterns. Those without wildcards are in a plain map; the others in a trie, matched word by word with the set
 * of all places that the key may have come to, so that the work is bounded by words times places.
 */
export class TopicTrie {
  readonly #exact = new Map<string, DestinationSet>();
  readonly #root = new TopicNode();
  #patternCount = 0;

  add(binding: Binding): void {
    const words = topicWords(binding.routingKey);
    if (!words.some(isWildcard)) {
      destinationsOf(this.#exact, binding.routingKey).add(binding.destination);
      return;
    }
    let node = this.#root;
    for (const word of words) node = childOf(node, word);
    node.ends ??= new DestinationSet();
    node.ends.add(binding.destination);
    this.#patternCount++;
  }

  remove(binding: Binding): void {
    const words = topicWords(binding.routingKey);
    if (!words.some(isWildcard)) {
      const set = this.#exact.get(binding.routingKey);
      set?.remove(binding.destination);
      if (set?.size === 0) this.#exact.delete(binding.routingKey);
      return;
    }
    this.#patternCount--;
    removePath(this.#root, words, 0, binding);
  }

  match(routingKey: string): Match {
    const exact = this.#exact.get(routingKey);
    if (this.#patternCount === 0) return exact ? exact.match : NO_MATCH;
    const found: DestinationSet[] = exact ? [exact] : [];
    for (const node of this.#walk(topicWords(routingKey))) if (node.ends) found.push(node.ends);
    return unite(found);
  }

  /** Nodes at which the whole key ends. */
  #walk(words: readonly string[]): Iterable<TopicNode> {
    let places = new Set<TopicNode>();
    enter(places, this.#root);
    // A `#` that was entered keeps eating words; those nodes stay in the set.
    for (const word of words) {
      const next = new Set<TopicNode>();
      for (const node of places) {
        if (hashes.has(node)) next.add(node);
        const child = node.words.get(word);
        if (child) enter(next, child);
        if (node.star) enter(next, node.star);
        if (node.hash) enter(next, node.hash);
      }
      if (next.size === 0) return [];
      places = next;
    }
    return places;
  }
}

/** Nodes reached by a `#`. */
const hashes = new WeakSet<TopicNode>();

/** Adds a place and, since `#` also stands for no word at all, the one behind its `#`. */
function enter(places: Set<TopicNode>, node: TopicNode): void {
  for (let at: TopicNode | undefined = node; at && !places.has(at); at = at.hash) places.add(at);
}

const isWildcard = (word: string): boolean => word === '*' || word === '#';

function childOf(node: TopicNode, word: string): TopicNode {
  if (word === '*') {
    node.star ??= new TopicNode();
    return node.star;
  }
  if (word === '#') {
    node.hash ??= new TopicNode();
    hashes.add(node.hash);
    return node.hash;
  }
  const child = node.words.get(word) ?? new TopicNode();
  node.words.set(word, child);
  return child;
}

function removePath(node: TopicNode, words: readonly string[], depth: number, binding: Binding): void {
  const word = words[depth];
  if (word === undefined) {
    node.ends?.remove(binding.destination);
    if (node.ends?.size === 0) node.ends = undefined;
    return;
  }
  const child = word === '*' ? node.star : word === '#' ? node.hash : node.words.get(word);
  if (!child) return;
  removePath(child, words, depth + 1, binding);
  if (!child.isEmpty) return;
  if (word === '*') node.star = undefined;
  else if (word === '#') node.hash = undefined;
  else node.words.delete(word);
}
