import type { Publication } from './publication.js';
import type { Queue } from './queue.js';

export type Settlement = { readonly tags: readonly number[]; readonly outcome: 'ack' | 'requeue' | 'reject' };

/**
 * A publish, and the names that it was routed to at once: bindings that come or go before the commit change nothing,
 * but a queue that is there at the commit gets what was routed to its name.
 */
export interface RoutedPublication {
  readonly publication: Publication;
  readonly queueNames: readonly string[];
}

/** What a transactional channel has done since its last commit or rollback. */
export class Transaction {
  /** Tags whose settling waits for the commit. */
  readonly settledTags = new Set<number>();
  #publications: RoutedPublication[] = [];
  #settlements: Settlement[] = [];

  get publicationCount(): number {
    return this.#publications.length;
  }

  publish(publication: Publication, queues: readonly Queue[]): void {
    this.#publications.push({ publication, queueNames: queues.map((queue) => queue.name) });
  }

  settle(tags: readonly number[], outcome: Settlement['outcome']): void {
    for (const tag of tags) this.settledTags.add(tag);
    this.#settlements.push({ tags, outcome });
  }

  /** Hands out what was done and starts afresh. */
  finish(): { publications: RoutedPublication[]; settlements: Settlement[] } {
    const done = { publications: this.#publications, settlements: this.#settlements };
    this.#publications = [];
    this.#settlements = [];
    this.settledTags.clear();
    return done;
  }
}
