import type { Publication } from './publication.js';
import type { Queue } from './queue.js';

export type Settlement = { readonly tags: readonly number[]; readonly outcome: 'ack' | 'requeue' | 'reject' };

/** A publish, and where it was routed to at once: bindings that come or go before the commit change nothing. */
export interface RoutedPublication {
  readonly publication: Publication;
  readonly queues: readonly Queue[];
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
    this.#publications.push({ publication, queues });
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
