import { deadProperties, isCycle, routingKeysOf } from './dead-letter.js';
import { Envelope } from './envelope.js';
import { journalDeath, journalRouted } from './message-journal.js';
import type { DeathReason, Queue } from './queue.js';
import { route } from './router.js';
import type { VirtualHost } from './virtual-host.js';

interface Death {
  readonly queue: Queue;
  readonly envelope: Envelope;
  readonly reason: DeathReason;
}

/** What died while a command ran, in that order: it goes to its dead letter exchanges once the command has ended. */
export class DeadLetterList {
  readonly #vhost: VirtualHost;
  readonly #enqueue: (queues: readonly Queue[], envelope: Envelope) => void;
  #deaths: Death[] = [];

  constructor(vhost: VirtualHost, enqueue: (queues: readonly Queue[], envelope: Envelope) => void) {
    this.#vhost = vhost;
    this.#enqueue = enqueue;
  }

  get isEmpty(): boolean {
    return this.#deaths.length === 0;
  }

  /** A message died in a queue; without a dead letter exchange that is all. */
  add(queue: Queue, envelope: Envelope, reason: DeathReason): void {
    const { journal } = this.#vhost.context;
    if (journal.on) journalDeath(journal, queue, envelope, reason);
    if (queue.settings.deadLetterExchange !== undefined) this.#deaths.push({ queue, envelope, reason });
  }

  /**
   * What dies on the way joins the end of the list. RabbitMQ moves a message round a circle that a reject is part of for
   * ever, a process at a time; here it would hold the one thread, so it ends at the limit.
   */
  settle(): void {
    const { journal, limits } = this.#vhost.context;
    const limit = this.#deaths.length * limits.amqpDeadLetterHops;
    for (let i = 0; i < this.#deaths.length && i < limit; i++) this.#deadLetter(this.#deaths[i] as Death);
    if (journal.on) {
      const reason = 'limits.amqpDeadLetterHops exceeded';
      // They have left their queues already: it is the dead letters that get no further.
      for (const { envelope } of this.#deaths.slice(limit)) journalRouted(journal, envelope, [], reason);
    }
    this.#deaths = [];
  }

  #deadLetter({ queue, envelope, reason }: Death): void {
    const { exchanges, version, context } = this.#vhost;
    const { deadLetterExchange, deadLetterRoutingKey, lazy } = queue.settings;
    const exchange = deadLetterExchange === undefined ? undefined : exchanges.get(deadLetterExchange);
    if (!exchange) return;
    const keys = deadLetterRoutingKey === undefined ? routingKeysOf(envelope) : [deadLetterRoutingKey];
    const death = { queue: queue.name, reason, atMs: context.clock.now, packed: version === '3' && lazy };
    const dead = new Envelope(
      exchange.name,
      keys[0] as string,
      deadProperties(envelope, death, deadLetterRoutingKey === undefined, version),
      envelope.body,
      deadLetterRoutingKey === undefined ? envelope.hiddenKeys : undefined,
    );
    const routed = route(exchange, dead, keys.length > 1 ? keys.slice(1) : undefined, exchanges);
    const isStopped = ({ name }: Queue) => reason !== 'rejected' && isCycle(dead.properties, name);
    const targets = routed.filter((target) => !isStopped(target));
    const { journal } = context;
    if (journal.on) journalRouted(journal, dead, targets, routed.length === 0 ? 'no route' : 'circle of dead letters');
    this.#enqueue(targets, dead);
  }
}
