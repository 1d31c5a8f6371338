/** How the journal tells what happens to messages. */
import type { Journal, JournalEventName } from '../../core/journal.js';
import type { Envelope } from './envelope.js';
import type { Publication } from './publication.js';
import type { DeathReason, Queue } from './queue.js';

/** Something happened to a message in a queue. */
export function journalMessage(
  journal: Journal,
  name: JournalEventName,
  envelope: Envelope,
  queue: Queue,
  connection?: string,
): void {
  journal.record('amqp', name, {
    to: envelope.exchange,
    key: envelope.routingKey,
    receiver: queue.name,
    bytes: envelope.body.length,
    ...(connection !== undefined && { connection }),
  });
}

/** A message was published, and routed to queues or dropped. */
export function journalPublished(journal: Journal, { envelope }: Publication, queues: readonly Queue[]): void {
  const { exchange, routingKey, body } = envelope;
  journal.record('amqp', 'published', { to: exchange, key: routingKey, bytes: body.length, count: queues.length });
  journalRouted(journal, envelope, queues, 'no route');
}

/**
 * A message goes to queues.
 *
 * @param lost why it is dropped when there are none
 */
export function journalRouted(journal: Journal, envelope: Envelope, queues: readonly Queue[], lost: string): void {
  const detail = { to: envelope.exchange, key: envelope.routingKey, bytes: envelope.body.length };
  for (const queue of queues) journal.record('amqp', 'routed', { ...detail, receiver: queue.name });
  if (queues.length === 0) journal.record('amqp', 'dropped', { ...detail, reason: lost });
}

/** A message left its queue without an ack. */
export function journalDeath(journal: Journal, queue: Queue, envelope: Envelope, reason: DeathReason): void {
  const { deadLetterExchange } = queue.settings;
  const name = reason === 'expired' ? 'expired' : deadLetterExchange === undefined ? 'dropped' : 'dead-lettered';
  journal.record('amqp', name, {
    to: deadLetterExchange ?? envelope.exchange,
    key: envelope.routingKey,
    receiver: queue.name,
    bytes: envelope.body.length,
    reason,
  });
}

/** A full queue refused a message; with `reject-publish-dlx` it has died, and that was told. */
export function journalRefusal(journal: Journal, queue: Queue, envelope: Envelope): void {
  const { overflow } = queue.settings;
  if (overflow !== 'reject-publish') return;
  journal.record('amqp', 'dropped', {
    to: envelope.exchange,
    key: envelope.routingKey,
    receiver: queue.name,
    bytes: envelope.body.length,
    reason: overflow,
  });
}
