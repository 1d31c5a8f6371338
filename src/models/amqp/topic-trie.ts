import type { Binding } from './binding.js';
import { type DestinationSet, destinationsOf, type Match, NO_MATCH, unite } from './match.js';
import { PatternTree } from './pattern-tree.js';
import { RouteCache } from './route-cache.js';

/** Topic patterns. Those without wildcards are in a plain map, the others in a tree, made when there is one. */
export class TopicTrie {
  readonly #exact = new Map<string, DestinationSet>();
  readonly #cache = new RouteCache();
  #tree: PatternTree | undefined;

  add(binding: Binding): void {
    this.#cache.invalidate();
    const words = binding.routingKey.split('.');
    if (!words.some(isWildcard)) {
      destinationsOf(this.#exact, binding.routingKey).add(binding.destination);
      return;
    }
    this.#tree ??= new PatternTree();
    this.#tree.add(words, binding.destination);
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
    this.#tree?.remove(words, binding.destination);
    if (this.#tree?.size === 0) this.#tree = undefined;
  }

  match(routingKey: string): Match {
    if (this.#tree === undefined) return this.#exact.get(routingKey)?.match ?? NO_MATCH;
    return this.#cache.match(routingKey, this.#find);
  }

  readonly #find = (routingKey: string): Match => {
    const found = this.#tree?.find(routingKey, this.#exact.get(routingKey));
    return found === undefined ? NO_MATCH : unite(found);
  };
}

const isWildcard = (word: string): boolean => word === '*' || word === '#';
