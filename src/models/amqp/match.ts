import type { Destination } from './binding.js';
import type { Exchange } from './exchange.js';
import type { Queue } from './queue.js';

/** What an exchange's own bindings say about a message: each destination at most once. Read-only. */
export interface Match {
  readonly queues: readonly Queue[];
  readonly exchanges: readonly Exchange[];
}

export const NO_MATCH: Match = Object.freeze({ queues: Object.freeze([]), exchanges: Object.freeze([]) }) as Match;

/** The match that names these destinations, doubles removed. */
export function toMatch(destinations: readonly Destination[]): Match {
  const queues: Queue[] = [];
  const exchanges: Exchange[] = [];
  for (const destination of destinations.length > 1 ? new Set(destinations) : destinations) {
    if (destination.kind === 'queue') queues.push(destination);
    else exchanges.push(destination);
  }
  if (exchanges.length > 0) return { queues, exchanges };
  // An empty list that all matches share is always in the processor's cache.
  return queues.length === 0 ? NO_MATCH : { queues, exchanges: NO_MATCH.exchanges };
}

/** Destinations that several bindings may name, in order of their first binding. */
export class DestinationSet {
  readonly #counts = new Map<Destination, number>();
  #match: Match | undefined = NO_MATCH;

  get size(): number {
    return this.#counts.size;
  }

  add(destination: Destination): void {
    this.#counts.set(destination, (this.#counts.get(destination) ?? 0) + 1);
    this.#match = undefined;
  }

  remove(destination: Destination): void {
    const count = this.#counts.get(destination);
    if (count === undefined) return;
    if (count > 1) this.#counts.set(destination, count - 1);
    else this.#counts.delete(destination);
    this.#match = undefined;
  }

  values(): Iterable<Destination> {
    return this.#counts.keys();
  }

  /** The set as a match, made once after each change. */
  get match(): Match {
    this.#match ??= toMatch([...this.#counts.keys()]);
    return this.#match;
  }
}

/** The set of a key, made where there is none. */
export function destinationsOf(sets: Map<string, DestinationSet>, key: string): DestinationSet {
  let set = sets.get(key);
  if (!set) {
    set = new DestinationSet();
    sets.set(key, set);
  }
  return set;
}

/** So many are told apart faster by looking at each than by a set. */
const HANDFUL = 16;

/** The union of several sets. */
export function unite(sets: readonly DestinationSet[]): Match {
  if (sets.length === 0) return NO_MATCH;
  const first = (sets[0] as DestinationSet).match;
  if (sets.length === 1) return first;
  if (sets.length > HANDFUL) return toMatch(sets.flatMap((set) => [...set.values()]));
  const queues = [...first.queues];
  const exchanges = [...first.exchanges];
  for (let n = 1; n < sets.length; n++) {
    const { match } = sets[n] as DestinationSet;
    for (const queue of match.queues) if (!queues.includes(queue)) queues.push(queue);
    for (const exchange of match.exchanges) if (!exchanges.includes(exchange)) exchanges.push(exchange);
  }
  return { queues, exchanges };
}
