import type { Limits } from '../../core/limits.js';
import type { Random } from '../../core/random.js';
import type { Binding } from './binding.js';
import type { FieldTable } from './field-table.js';
import { HeadersMatcher, validateHeadersBinding } from './headers-match.js';
import { DestinationSet, destinationsOf, type Match, NO_MATCH } from './match.js';
import type { Queue } from './queue.js';
import { TopicTrie } from './topic-trie.js';
import type { VirtualHost } from './virtual-host.js';

/** What a matcher may see of a message. */
export interface Routed {
  readonly routingKey: string;
  readonly properties: { readonly headers?: FieldTable | undefined };
}

/** The bindings of one exchange, arranged so that a message finds its own. It only names destinations. */
export interface Matcher {
  add(binding: Binding): void;
  remove(binding: Binding): void;
  /** @returns each destination at most once; the caller must not change it */
  match(routingKey: string, message: Routed): Match;
  /** Milliseconds that a message waits before it is matched; 0 or absent for none. */
  delayMs?(message: Routed): number;
}

/** What a matcher is built with. */
export interface MatcherContext {
  readonly arguments: FieldTable;
  readonly random: Random;
  readonly limits: Limits;
  /** Numbers compare by value whether whole or not, as RabbitMQ 3 does. */
  readonly looseNumbers: boolean;
  /** Builds the matcher of another type, for types that wrap one. */
  create(typeName: string): Matcher;
}

/** A kind of exchange. Register further ones with `AmqpBroker.registerExchangeType`. */
export interface ExchangeType {
  readonly name: string;
  /** Throws `AmqpError` where a binding of this key and these arguments cannot be. */
  validateBinding?(routingKey: string, args: FieldTable): void;
  /** Throws `AmqpError` where an exchange with these arguments cannot be. */
  validateExchange?(name: string, args: FieldTable, vhost: VirtualHost): void;
  create(context: MatcherContext): Matcher;
}

/** Exact routing keys. */
export class DirectMatcher implements Matcher {
  readonly #byKey = new Map<string, DestinationSet>();

  add(binding: Binding): void {
    destinationsOf(this.#byKey, binding.routingKey).add(binding.destination);
  }

  remove(binding: Binding): void {
    const set = this.#byKey.get(binding.routingKey);
    set?.remove(binding.destination);
    if (set?.size === 0) this.#byKey.delete(binding.routingKey);
  }

  match(routingKey: string): Match {
    return this.#byKey.get(routingKey)?.match ?? NO_MATCH;
  }
}

/** Every message to everyone. */
export class FanoutMatcher implements Matcher {
  readonly #all = new DestinationSet();

  add(binding: Binding): void {
    this.#all.add(binding.destination);
  }

  remove(binding: Binding): void {
    this.#all.remove(binding.destination);
  }

  match(): Match {
    return this.#all.match;
  }
}

/** The default exchange: each queue by its own name. It has no bindings. */
export class QueueNameMatcher implements Matcher {
  readonly #queues: ReadonlyMap<string, Queue>;

  constructor(queues: ReadonlyMap<string, Queue>) {
    this.#queues = queues;
  }

  add(): void {}

  remove(): void {}

  match(routingKey: string): Match {
    return this.#queues.get(routingKey)?.selfMatch ?? NO_MATCH;
  }
}

export const DIRECT: ExchangeType = { name: 'direct', create: () => new DirectMatcher() };
export const FANOUT: ExchangeType = { name: 'fanout', create: () => new FanoutMatcher() };
export const TOPIC: ExchangeType = { name: 'topic', create: () => new TopicTrie() };
export const HEADERS: ExchangeType = {
  name: 'headers',
  validateBinding: (_routingKey, args) => validateHeadersBinding(args),
  create: ({ looseNumbers }) => new HeadersMatcher(looseNumbers),
};
