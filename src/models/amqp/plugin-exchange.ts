/**
 * Exchange types that RabbitMQ has as plug-ins.
 *
 * @see https://www.rabbitmq.com/docs/plugins
 */
import type { Random } from '../../core/random.js';
import type { Binding } from './binding.js';
import { ConsistentHashMatcher } from './consistent-hash.js';
import { erlangBinary, erlangFormat, erlangText } from './erlang-term.js';
import { crashed, preconditionFailed } from './errors.js';
import type { ExchangeType, Matcher, Routed } from './exchange-type.js';
import { fieldTypeName, integerOf } from './field-table.js';
import { DestinationSet, type Match, NO_MATCH, toMatch } from './match.js';

/** One destination by chance. */
class RandomMatcher implements Matcher {
  readonly #all = new DestinationSet();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  add(binding: Binding): void {
    this.#all.add(binding.destination);
  }

  remove(binding: Binding): void {
    this.#all.remove(binding.destination);
  }

  match(): Match {
    return this.#all.size === 0 ? NO_MATCH : toMatch([this.#random.pick([...this.#all.values()])]);
  }
}

const LONGEST_DELAY_MS = 0xffffffff;

/** Another type behind a delay that each message brings in its `x-delay` header. */
class DelayedMatcher implements Matcher {
  readonly #inner: Matcher;

  constructor(inner: Matcher) {
    this.#inner = inner;
  }

  add(binding: Binding): void {
    this.#inner.add(binding);
  }

  remove(binding: Binding): void {
    this.#inner.remove(binding);
  }

  match(routingKey: string, message: Routed): Match {
    return this.#inner.match(routingKey, message);
  }

  delayMs(message: Routed): number {
    const delay = message.properties.headers?.get('x-delay');
    const number = typeof delay === 'string' ? Number(delay) : integerOf(delay);
    return number !== undefined && number > 0 ? Math.min(number, LONGEST_DELAY_MS) : 0;
  }
}

const HASH_PROPERTIES = ['message_id', 'correlation_id', 'timestamp'];

const CONSISTENT_HASH: ExchangeType = {
  name: 'x-consistent-hash',
  validateBinding: (routingKey) => {
    if (!/^[+-]?\d+$/.test(routingKey)) {
      throw preconditionFailed(erlangFormat`The binding key must be an integer: ${erlangBinary(routingKey)}`);
    }
    if (Number(routingKey) < 1) throw preconditionFailed('The binding key must be greater than 0');
  },
  validateExchange: (_name, args) => {
    const property = args.get('hash-property');
    const header = args.get('hash-header');
    if (property !== undefined && header !== undefined) {
      throw preconditionFailed('hash-header and hash-property are mutually exclusive');
    }
    for (const each of [property, header]) if (each !== undefined && typeof each !== 'string') throw crashed();
    if (typeof property === 'string' && !HASH_PROPERTIES.includes(property)) {
      throw preconditionFailed(`Unsupported property: ${property}`);
    }
  },
  create: (context) => new ConsistentHashMatcher(context.arguments),
};

const RANDOM: ExchangeType = { name: 'x-random', create: (context) => new RandomMatcher(context.random) };

/** On a node, the queues that lead there; here all of them do. */
const LOCAL_RANDOM: ExchangeType = { ...RANDOM, name: 'x-local-random' };

const DELAYED: ExchangeType = {
  name: 'x-delayed-message',
  validateExchange: (name, args, vhost) => {
    const type = args.get('x-delayed-type');
    if (typeof type === 'string' && type !== 'x-delayed-message' && vhost.broker.exchangeTypes.has(type)) return;
    const found = type === undefined ? 'none' : `${erlangText(type)} (${fieldTypeName(type)})`;
    throw preconditionFailed(
      `Invalid argument, 'x-delayed-type' must be an existing exchange type, for exchange '${name}': ${found}`,
    );
  },
  create: (context) => new DelayedMatcher(context.create(context.arguments.get('x-delayed-type') as string)),
};

export const PLUGIN_TYPES: readonly ExchangeType[] = [CONSISTENT_HASH, RANDOM, DELAYED];

/** Types that RabbitMQ has since 4.0. */
export const TYPES_SINCE_4: readonly ExchangeType[] = [LOCAL_RANDOM];
