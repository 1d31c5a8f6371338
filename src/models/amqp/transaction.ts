import type { Publication } from './publication.js';

export type Settlement = { readonly tags: readonly number[]; readonly outcome: 'ack' | 'requeue' | 'reject' };

/** What a transactional channel has done since its last commit or rollback. */
export class Transaction {
  /** Tags whose settling waits for the commit. */
  readonly settledTags = new Set<number>();
  #publications: Publication[] = [];
  #settlements: Settlement[] = [];

  get publicationCount(): number {
    return this.#publications.length;
  }

  publish(publication: Publication): void {
    this.#publications.push(publication);
  }

  settle(tags: readonly number[], outcome: Settlement['outcome']): void {
    for (const tag of tags) this.settledTags.add(tag);
    this.#settlements.push({ tags, outcome });
  }

  /** Hands out what was done and starts afresh. */
  finish(): { publications: Publication[]; settlements: Settlement[] } {
    const done = { publications: this.#publications, settlements: this.#settlements };
    this.#publications = [];
    this.#settlements = [];
    this.settledTags.clear();
    return done;
  }
}
