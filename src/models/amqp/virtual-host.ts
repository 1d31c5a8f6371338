import type { ModelContext } from '../../core/model.js';
import type { Binding } from './binding.js';
import type { AmqpBroker } from './broker.js';
import { ClassicQueue } from './classic-queue.js';
import { Envelope } from './envelope.js';
import { Exchange, type ExchangeDefinition } from './exchange.js';
import type { ExchangeType } from './exchange-type.js';
import { EMPTY_TABLE } from './field-table.js';
import { type Match, NO_MATCH } from './match.js';
import type { Publication } from './publication.js';
import type { DeathReason, Queue, QueueDefinition, QueueHost } from './queue.js';
import { route } from './router.js';

const BUILT_IN: ReadonlyArray<readonly [name: string, type: string]> = [
  ['amq.direct', 'direct'],
  ['amq.fanout', 'fanout'],
  ['amq.topic', 'topic'],
  ['amq.headers', 'headers'],
  ['amq.match', 'headers'],
  ['amq.rabbitmq.trace', 'topic'],
];

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

interface Death {
  readonly queue: Queue;
  readonly envelope: Envelope;
  readonly reason: DeathReason;
}

/** A space of exchanges and queues of its own. */
export class VirtualHost implements QueueHost {
  readonly name: string;
  readonly broker: AmqpBroker;
  readonly context: ModelContext;
  readonly exchanges = new Map<string, Exchange>();
  readonly queues = new Map<string, Queue>();
  #deaths: Death[] = [];
  #depth = 0;

  constructor(name: string, broker: AmqpBroker) {
    this.name = name;
    this.broker = broker;
    this.context = broker.context;
    this.#addBuiltIn();
  }

  /** Runs a command: what it posts leaves, and what died in it is dead-lettered, once it has ended. */
  command<T>(fn: () => T): T {
    return this.context.outbox.run(() => {
      this.#depth++;
      try {
        const result = fn();
        if (this.#depth === 1 && this.#deaths.length > 0) this.#settleDeaths();
        return result;
      } finally {
        this.#depth--;
      }
    });
  }

  typeOf(exchange: Exchange): ExchangeType {
    return this.broker.exchangeTypes.get(exchange.type) as ExchangeType;
  }

  addExchange(definition: ExchangeDefinition): Exchange {
    const exchange = new Exchange(definition, this.broker.createMatcher(definition.type, definition.arguments));
    this.exchanges.set(exchange.name, exchange);
    return exchange;
  }

  removeExchange(exchange: Exchange): void {
    exchange.alive = false;
    this.exchanges.delete(exchange.name);
    for (const binding of [...exchange.bindings.values()])
      this.removeBinding(exchange.name, binding.identity, exchange);
    for (const binding of [...exchange.incoming]) this.removeBinding(binding.source.name, binding.identity);
  }

  addQueue(definition: QueueDefinition): Queue {
    const queue = new ClassicQueue(definition, this);
    this.queues.set(queue.name, queue);
    queue.exclusiveOwner?.exclusiveQueues.add(queue);
    queue.applyPolicies(undefined, undefined);
    return queue;
  }

  removeQueue(queue: Queue): void {
    if (!queue.alive) return;
    queue.dispose();
    this.queues.delete(queue.name);
    queue.exclusiveOwner?.exclusiveQueues.delete(queue);
    for (const binding of [...queue.incoming]) this.removeBinding(binding.source.name, binding.identity);
    for (const consumer of [...queue.consumers.values()]) consumer.channel.consumerLost(consumer);
    queue.consumers.clear();
    queue.purge();
  }

  addBinding(binding: Binding): void {
    if (binding.source.bind(binding)) binding.destination.incoming.add(binding);
  }

  /** Removes a binding; an exchange that deletes itself goes with its last one. */
  removeBinding(sourceName: string, identity: string, source = this.exchanges.get(sourceName)): void {
    const binding = source?.unbind(identity);
    if (!source || !binding) return;
    binding.destination.incoming.delete(binding);
    if (source.alive && source.autoDelete && source.bindings.size === 0) this.removeExchange(source);
  }

  /** Where a publication goes. */
  destinations(publication: Publication): readonly Queue[] {
    return route(publication.exchange, publication.envelope, publication.furtherKeys, this.exchanges);
  }

  routes(publication: Publication): boolean {
    return this.destinations(publication).length > 0;
  }

  /** Routes a publication into its queues. @returns false when one of them refused it */
  put(publication: Publication): boolean {
    return this.enqueueAll(this.destinations(publication), publication.envelope);
  }

  enqueueAll(queues: readonly Queue[], envelope: Envelope): boolean {
    let accepted = true;
    for (let i = 0; i < queues.length; i++) {
      const copy = i === 0 ? envelope : envelope.copy();
      if (!(queues[i] as Queue).enqueue(copy)) accepted = false;
    }
    return accepted;
  }

  deadLetter(queue: Queue, envelope: Envelope, reason: DeathReason): void {
    if (queue.settings.deadLetterExchange !== undefined) this.#deaths.push({ queue, envelope, reason });
  }

  /** A name that nobody has: 22 random characters behind a prefix. */
  generateName(prefix: string): string {
    return prefix + this.context.random.text(22, BASE64URL);
  }

  #settleDeaths(): void {
    for (let i = 0; i < this.#deaths.length; i++) {
      const { queue, envelope } = this.#deaths[i] as Death;
      const exchange = this.exchanges.get(queue.settings.deadLetterExchange as string);
      if (!exchange) continue;
      const routingKey = queue.settings.deadLetterRoutingKey ?? envelope.routingKey;
      const dead = new Envelope(exchange.name, routingKey, envelope.properties, envelope.body);
      this.enqueueAll(route(exchange, dead, undefined, this.exchanges), dead);
    }
    this.#deaths = [];
  }

  #addBuiltIn(): void {
    const queues = this.queues;
    const base = { durable: true, autoDelete: false, internal: false, arguments: EMPTY_TABLE };
    const matchDefault = (key: string): Match => queues.get(key)?.selfMatch ?? NO_MATCH;
    const defaultMatcher = { add: () => {}, remove: () => {}, match: matchDefault };
    this.exchanges.set('', new Exchange({ ...base, name: '', type: 'direct' }, defaultMatcher));
    for (const [name, type] of BUILT_IN) {
      this.addExchange({ ...base, name, type, internal: name === 'amq.rabbitmq.trace' });
    }
  }
}
