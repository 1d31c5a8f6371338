import type { Publication } from './publication.js';
import type { Queue } from './queue.js';

export interface Settlement {
  readonly tags: number[];
  readonly outcome: 'ack' | 'requeue' | 'reject';
}

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

  /** What has the same outcome one after the other is settled in one go, the oldest first. */
  settle(tags: readonly number[], outcome: Settlement['outcome']): void {
    for (const tag of tags) this.settledTags.add(tag);
    const last = this.#settlements.at(-1);
    if (last?.outcome === outcome) last.tags.push(...tags);
    else this.#settlements.push({ tags: [...tags], outcome });
  }

  /**
   * Hands out what was done and starts afresh. Acks are apart: a queue of RabbitMQ takes them before the publishes that
   * wait beside them, but what is returned to it in its turn.
   */
  finish(): { acks: number[]; publications: RoutedPublication[]; returns: Settlement[] } {
    for (const { tags } of this.#settlements) tags.sort((a, b) => a - b);
    const done = {
      acks: this.#settlements.flatMap(({ tags, outcome }) => (outcome === 'ack' ? tags : [])),
      publications: this.#publications,
      returns: this.#settlements.filter(({ outcome }) => outcome !== 'ack'),
    };
    this.#publications = [];
    this.#settlements = [];
    this.settledTags.clear();
    return done;
  }
}
