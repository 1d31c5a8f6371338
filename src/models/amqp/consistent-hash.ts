/**
 * Where the plug-in of RabbitMQ sends a message: each destination has as many buckets of a ring as its binding key
 * says, in the order of the bindings, and the jump consistent hash of what is hashed picks one.
 *
 * @see https://github.com/rabbitmq/rabbitmq-server/tree/v3.10.8/deps/rabbitmq_consistent_hash_exchange
 */
import type { Binding, Destination } from './binding.js';
import { erlangHash, type Term, termOfField, termOfText } from './erlang-hash.js';
import type { Matcher, Routed } from './exchange-type.js';
import type { FieldTable } from './field-table.js';
import { type Match, NO_MATCH, toMatch } from './match.js';
import type { BasicProperties } from './properties.js';

export class ConsistentHashMatcher implements Matcher {
  /** Buckets of each destination, in the order in which they stand in the ring. */
  readonly #buckets = new Map<Destination, number>();
  #bucketCount = 0;
  readonly #args: FieldTable;

  constructor(args: FieldTable) {
    this.#args = args;
  }

  /** A second binding of a destination adds nothing. */
  add({ destination, routingKey }: Binding): void {
    if (this.#buckets.has(destination)) return;
    this.#buckets.set(destination, Number(routingKey));
    this.#bucketCount += Number(routingKey);
  }

  /** Any binding of a destination takes all its buckets along. */
  remove({ destination }: Binding): void {
    this.#bucketCount -= this.#buckets.get(destination) ?? 0;
    this.#buckets.delete(destination);
  }

  match(routingKey: string, message: Routed): Match {
    if (this.#bucketCount === 0) return NO_MATCH;
    let bucket = jump(erlangHash(this.#hashed(routingKey, message)) & HASH_MASK, this.#bucketCount);
    for (const [destination, count] of this.#buckets) {
      if (bucket < count) return toMatch([destination]);
      bucket -= count;
    }
    return NO_MATCH;
  }

  #hashed(routingKey: string, message: Routed): Term {
    const header = this.#args.get('hash-header');
    if (typeof header === 'string') {
      const value = message.properties.headers?.get(header);
      return value === undefined ? NOTHING : termOfField(value);
    }
    const property = this.#args.get('hash-property');
    if (typeof property !== 'string') return termOfText(routingKey);
    const { messageId, correlationId, timestamp } = message.properties as BasicProperties;
    const value = new Map<string, unknown>([
      ['message_id', messageId],
      ['correlation_id', correlationId],
      ['timestamp', timestamp],
    ]).get(property);
    return value === undefined ? NOTHING : termOfText(String(value));
  }
}

const NOTHING: Term = { atom: 'undefined' };
/** The hash that nobody gave a range has 27 bits. */
const HASH_MASK = 2 ** 27 - 1;

/**
 * The bucket that one of `count` becomes. With another bucket at the end a key stays or goes there.
 *
 * @see https://arxiv.org/abs/1406.2294
 */
export function jump(seed: number, count: number): number {
  const next = count > 1 ? generator(seed) : () => 1;
  let bucket = 0;
  for (let to = 0; to < count; to = Math.trunc((bucket + 1) / next())) bucket = to;
  return bucket;
}

const MASK = 2n ** 64n - 1n;
const STATE_WORDS = 16;

/** Erlang's exs1024, in [0, 1]. @see https://www.erlang.org/doc/apps/stdlib/rand.html */
function generator(seed: number): () => number {
  const state = stateOf(seed);
  let at = 0;
  return () => {
    const before = state[at] as bigint;
    at = (at + 1) % STATE_WORDS;
    let word = state[at] as bigint;
    word ^= (word << 31n) & MASK;
    word ^= word >> 11n;
    word ^= before ^ (before >> 30n);
    state[at] = word;
    return Number((word * 1181783497276652981n) & MASK) / 2 ** 64;
  };
}

const SEED_MASK = 2n ** 21n - 1n;

/** What xorshift64* makes of a seed given three times over, the last word first. */
function stateOf(seed: number): bigint[] {
  const low = (BigInt(seed) & SEED_MASK) + 1n;
  const part = (factor: bigint) => (low * factor) & SEED_MASK;
  let x = (part(2097131n) << 43n) | (part(2097133n) << 22n) | (part(2097143n) << 1n) | 1n;
  const state = new Array<bigint>(STATE_WORDS);
  for (let at = STATE_WORDS - 1; at >= 0; at--) {
    x ^= x >> 12n;
    x ^= (x << 25n) & MASK;
    x ^= x >> 27n;
    state[at] = (x * 2685821657736338717n) & MASK;
  }
  return state;
}
