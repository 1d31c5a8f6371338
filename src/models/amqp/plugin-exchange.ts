/**
 * Exchange types that RabbitMQ has as plug-ins.
 *
 * @see https://www.rabbitmq.com/docs/plugins
 */
import type { Random } from '../../core/random.js';
import type { Binding, Destination } from './binding.js';
import { erlangBinary, erlangFormat, erlangText } from './erlang-term.js';
import { preconditionFailed } from './errors.js';
import type { ExchangeType, Matcher, Routed } from './exchange-type.js';
import { type FieldTable, fieldTypeName, integerOf } from './field-table.js';
import { DestinationSet, type Match, NO_MATCH, toMatch } from './match.js';
import type { BasicProperties } from './properties.js';

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

/**
 * One destination by the hash of the key, each in proportion to the weight that its binding key gives. A destination
 * that comes or goes only moves keys to or from itself: the highest score of key and destination wins.
 */
class ConsistentHashMatcher implements Matcher {
  readonly #weights = new Map<Binding, number>();
  readonly #args: FieldTable;

  constructor(args: FieldTable) {
    this.#args = args;
  }

  add(binding: Binding): void {
    this.#weights.set(binding, Number(binding.routingKey));
  }

  remove(binding: Binding): void {
    this.#weights.delete(binding);
  }

  match(routingKey: string, message: Routed): Match {
    const key = this.#hashed(routingKey, message);
    let best: Destination | undefined;
    let highest = -Infinity;
    for (const [binding, weight] of this.#weights) {
      const share = (hash(`${binding.destination.name}\0${key}`) + 1) / 0x100000002;
      const score = -weight / Math.log(share);
      if (score > highest) {
        highest = score;
        best = binding.destination;
      }
    }
    return best ? toMatch([best]) : NO_MATCH;
  }

  #hashed(routingKey: string, message: Routed): string {
    const header = this.#args.get('hash-header');
    if (typeof header === 'string') {
      const value = message.properties.headers?.get(header);
      return value === undefined ? '' : erlangText(value);
    }
    const property = this.#args.get('hash-property');
    if (typeof property !== 'string') return routingKey;
    const { messageId, correlationId, timestamp } = message.properties as BasicProperties;
    const properties = new Map<string, unknown>([
      ['message_id', messageId],
      ['correlation_id', correlationId],
      ['timestamp', timestamp],
    ]);
    return String(properties.get(property) ?? '');
  }
}

/** FNV-1a with a final mix: 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
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
    if (!/^\d{1,9}$/.test(routingKey) || Number(routingKey) < 1) {
      throw preconditionFailed(erlangFormat`The binding key must be an integer: ${erlangBinary(routingKey)}`);
    }
  },
  validateExchange: (_name, args) => {
    const property = args.get('hash-property');
    if (property !== undefined && args.has('hash-header')) {
      throw preconditionFailed('hash-header and hash-property are mutually exclusive');
    }
    if (property !== undefined && !HASH_PROPERTIES.includes(property as string)) {
      throw preconditionFailed(`Unsupported property: ${erlangText(property)}`);
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
