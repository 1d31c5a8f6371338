/**
 * Random programs that declare, bind, delete and consume with every flag and many arguments, and that call methods where
 * they are wrong. What they name is often not there, taken, or somebody else's.
 */
import type { Random } from '../../src/core/random.js';
import type { Operation, Table } from './amqp-program.js';

/** An operation, whatever channel it is for. */
type Step<O = Operation> = O extends Operation ? Omit<O, 'channel'> : never;

type ArgumentValues = ReadonlyArray<readonly [name: string, values: readonly unknown[]]>;

const QUEUE_ARGUMENTS: ArgumentValues = [
  ['x-max-length', [5, { $t: 'l', v: 5 }, { $t: 's', v: 5 }, 0, -1, '5', 5.5, null]],
  ['x-max-length-bytes', [100, { $t: 'l', v: 2 ** 40 }, -1, true]],
  ['x-message-ttl', [3_600_000, { $t: 'l', v: 3_600_000 }, -1, '1', { $t: 'l', v: 2 ** 32 }]],
  ['x-expires', [3_600_000, 0, -1, '1', { $t: 'l', v: 2 ** 32 }]],
  ['x-max-priority', [5, 0, 255, 256, -1, '5']],
  ['x-overflow', ['drop-head', 'reject-publish', 'reject-publish-dlx', 'none', 1]],
  ['x-dead-letter-exchange', ['', 'nowhere', 1, null]],
  ['x-dead-letter-routing-key', ['a', '', 1]],
  ['x-dead-letter-strategy', ['at-most-once', 'at-least-once', 'never']],
  ['x-single-active-consumer', [false, 1, 'true']],
  ['x-queue-type', ['classic', 'quorum', 'stream', 'none', 1]],
  ['x-queue-mode', ['lazy', 'default', 'none', 1]],
  ['x-queue-version', [1, 2, 3, '1']],
  ['x-queue-master-locator', ['min-masters', 'none', 1]],
  ['x-delivery-limit', [3, -1]],
  ['x-max-in-memory-length', [3]],
  ['x-quorum-initial-group-size', [1]],
  ['x-max-age', ['1D', '1']],
  ['x-stream-max-segment-size-bytes', [1_000_000]],
  ['x-own', [1, 'a', [1, 'a'], { a: 1 }, { $t: 'x', v: 'a' }]],
];

const CONSUMER_ARGUMENTS: ArgumentValues = [
  ['x-priority', [1, -1, { $t: 'l', v: 1 }, 1.5, '1', null]],
  ['x-stream-offset', ['first', 'none', 1]],
  ['x-cancel-on-ha-failover', [true, 1]],
  ['x-own', [1]],
];

const BINDING_ARGUMENTS: ArgumentValues = [
  ['x-match', ['all', 'any', 'all-with-x', 'any-with-x', 'none', 1, null]],
  ['h', [0, 1, 'a', null]],
  ['x-own', [1]],
];

const EXCHANGE_TYPES = ['direct', 'direct', 'fanout', 'topic', 'topic', 'headers', 'headers', 'x-nothing', ''];

export class TopologyWriter {
  readonly #random: Random;
  readonly #prefix: string;
  readonly #queues: readonly string[];
  readonly #exchanges: readonly string[];
  /** Whether nothing is acked: on ending connections of several channels it would return to the queues in any order. */
  readonly #noAck: boolean;
  #messages = 0;

  constructor(
    random: Random,
    names: { readonly prefix: string; readonly queues: readonly string[]; readonly exchanges: readonly string[] },
    noAck: boolean,
  ) {
    this.#random = random;
    this.#prefix = names.prefix;
    this.#queues = names.queues;
    this.#exchanges = names.exchanges;
    this.#noAck = noAck;
  }

  operation(): Step {
    const roll = this.#random.int(100);
    if (roll < 16) return this.#call('queue.declare', this.#queueDeclaration());
    if (roll < 26) return this.#call('exchange.declare', this.#exchangeDeclaration());
    if (roll < 36) return this.#publish();
    if (roll < 48) return this.#bindOrUnbindQueue();
    if (roll < 56) return this.#bindOrUnbindExchange();
    if (roll < 61) return this.#deleteQueue();
    if (roll < 66) return this.#call('exchange.delete', this.#with(['ifUnused'], { exchange: this.#exchange() }));
    if (roll < 68) return this.#call('queue.purge', { queue: this.#queue() });
    if (roll < 77) return this.#call('basic.consume', this.#consumer());
    if (roll < 80) return this.#call('basic.cancel', { consumerTag: this.#tag() });
    if (roll < 86) return { do: 'get', queue: this.#queue(), noAck: this.#noAck || this.#chance(2), times: 1 };
    if (roll < 92)
      return { do: 'settle', how: this.#pick(['ack', 'reject', 'requeue']), pick: this.#random.int(4), times: 1 };
    if (roll < 93) return { do: 'inspect' };
    if (roll < 96) return this.#askOrReply();
    return this.#rare();
  }

  /** A step of direct replies: a consumer of them, a request, or a reply. */
  #askOrReply(): Step {
    const replyTo = 'amq.rabbitmq.reply-to';
    switch (this.#random.int(3)) {
      case 0:
        return this.#call('basic.consume', { queue: replyTo, consumerTag: this.#tag(), noAck: true });
      case 1: {
        const message = { body: `m${++this.#messages}`, mandatory: this.#chance(2), props: { replyTo } };
        return { do: 'publish', exchange: '', key: this.#pick(this.#queues), messages: [message] };
      }
      default:
        return { do: 'reply', mandatory: this.#chance(2) };
    }
  }

  #rare(): Step {
    switch (this.#random.int(10)) {
      case 0:
        return this.#call('basic.qos', { prefetchCount: this.#random.int(4), prefetchSize: this.#chance(3) ? 1 : 0 });
      case 1:
        return this.#call('basic.recover', { requeue: !this.#chance(3) });
      case 2:
        return this.#call(this.#pick(['tx.select', 'tx.commit', 'tx.rollback']), {});
      case 3:
        return this.#call('confirm.select', {});
      case 4:
        return this.#call('channel.flow', { active: !this.#chance(4) });
      case 5:
        return this.#call('access.request', { realm: '/data', active: true });
      case 6:
        return this.#chance(2) ? this.#call('channel.open', {}) : { do: 'close-channel' };
      case 7:
        return this.#chance(2) ? { do: 'cut-connection' } : { do: 'close-connection' };
      case 8: {
        const args = { deliveryTag: this.#pick([0, 0, 9999]), multiple: this.#chance(2), requeue: this.#chance(2) };
        return this.#call(this.#pick(['basic.ack', 'basic.nack', 'basic.reject']), args, false);
      }
      default:
        return { do: 'wrong', what: this.#pick(['redeclare', 'absent', 'unknown-exchange']) };
    }
  }

  #call(method: string, args: Table, answered = true): Step {
    const nowait = answered && /declare|delete|bind$|purge|consume|cancel|confirm/.test(method) && this.#chance(12);
    if (nowait && method !== 'queue.unbind' && args.queue !== '' && args.consumerTag !== '') {
      return { do: 'call', method, args: { ...args, nowait }, answered: false };
    }
    return { do: 'call', method, args, answered };
  }

  #chance(n: number): boolean {
    return this.#random.int(n) === 0;
  }

  #pick<const T>(items: readonly T[]): T {
    return this.#random.pick(items);
  }

  /** Some of the flags, each one seldom. */
  #with(flags: readonly string[], args: Table): Record<string, unknown> {
    return { ...args, ...Object.fromEntries(flags.filter(() => this.#chance(3)).map((flag) => [flag, true])) };
  }

  #arguments(known: ArgumentValues, most: number): Table {
    const count = this.#chance(2) ? 0 : 1 + this.#random.int(most);
    const picked = Array.from({ length: count }, () => this.#pick(known));
    return Object.fromEntries(picked.map(([name, values]) => [name, this.#pick(values)]));
  }

  #queue(): string {
    const odd = ['', 'nowhere', 'amq.rabbitmq.reply-to', 'amq.none'];
    return this.#chance(8) ? this.#pick(odd) : this.#pick(this.#queues);
  }

  #exchange(): string {
    const odd = ['', '', 'amq.direct', 'amq.topic', 'amq.headers', 'amq.rabbitmq.trace', 'amq.none', 'nowhere'];
    return this.#chance(6) ? this.#pick(odd) : this.#pick(this.#exchanges);
  }

  #tag(): string {
    return `${this.#prefix}t${this.#random.int(4)}`;
  }

  /** Keys of one program match nothing of another's in the exchanges that they share. */
  #key(isPattern = false): string {
    if (this.#chance(4)) return this.#pick(this.#queues);
    const ends = isPattern ? ['a', 'b', '#', '*'] : ['a', 'b', 'a.b'];
    return this.#prefix + this.#pick(ends);
  }

  #queueDeclaration(): Table {
    const args = this.#arguments(QUEUE_ARGUMENTS, 3);
    const queue = this.#queue();
    const flags = this.#with(['passive', 'durable', 'exclusive', 'autoDelete'], { queue, args });
    // A name of the server's is only given to what goes with its connection.
    if (queue === '') return { ...flags, exclusive: true };
    // Replicated queues, which answer before they are done, are for programs of their own.
    const isReplicated = args['x-queue-type'] === 'quorum' || args['x-queue-type'] === 'stream';
    return { ...flags, ...(queue === 'nowhere' && { passive: true }), ...(isReplicated && { durable: false }) };
  }

  #exchangeDeclaration(): Table {
    const alternate = ['alternate-exchange', [this.#exchange(), 1, null]] as const;
    const args = this.#arguments([alternate, ['x-own', [1, 'a']]], 1);
    const exchange = this.#exchange();
    const flags = ['passive', 'durable', 'autoDelete', 'internal'];
    const declaration = this.#with(flags, { exchange, type: this.#pick(EXCHANGE_TYPES), args });
    return { ...declaration, ...(exchange === 'nowhere' && { passive: true }) };
  }

  #bindOrUnbindQueue(): Step {
    const method = this.#chance(3) ? 'queue.unbind' : 'queue.bind';
    const routingKey = this.#chance(6) ? '' : this.#key(true);
    const args = this.#arguments(BINDING_ARGUMENTS, 2);
    return this.#call(method, { queue: this.#queue(), exchange: this.#exchange(), routingKey, args });
  }

  #bindOrUnbindExchange(): Step {
    const method = this.#chance(3) ? 'exchange.unbind' : 'exchange.bind';
    const args = this.#arguments(BINDING_ARGUMENTS, 2);
    const source = this.#exchange();
    // Between exchanges that programs share nothing is bound: it would stay.
    const destination = source.startsWith('amq.') ? this.#pick(this.#exchanges) : this.#exchange();
    const ends = { source, destination };
    return this.#call(method, { ...ends, routingKey: this.#key(true), args });
  }

  #deleteQueue(): Step {
    return this.#call('queue.delete', this.#with(['ifUnused', 'ifEmpty'], { queue: this.#queue() }));
  }

  #consumer(): Table {
    const args = this.#arguments(CONSUMER_ARGUMENTS, 1);
    const consumerTag = this.#chance(6) ? '' : this.#tag();
    const consumer = this.#with(['noLocal', 'noAck', 'exclusive'], { queue: this.#queue(), consumerTag, args });
    return this.#noAck ? { ...consumer, noAck: true } : consumer;
  }

  #publish(): Step {
    const picked = this.#chance(3) ? '' : this.#exchange();
    // What other programs bound there takes messages with any key.
    const exchange = picked === 'amq.headers' ? '' : picked;
    const props: Record<string, unknown> = {};
    if (this.#chance(2)) props.headers = { h: this.#pick([0, 1, 'a', null]) };
    if (this.#chance(12))
      props.headers = { [this.#pick(['CC', 'BCC'])]: this.#pick([[this.#key()], this.#key(), [1], 1]) };
    if (this.#chance(12)) props.userId = this.#pick(['guest', 'nobody']);
    if (this.#chance(12)) props.expiration = this.#pick(['3600000', '-1', 'a', '', ' 1', '1.5', '4294967296']);
    if (this.#chance(12)) props.deliveryMode = this.#pick([0, 1, 2, 3]);
    if (this.#chance(20)) props.replyTo = this.#pick(['a', 'amq.rabbitmq.reply-to', 'amq.rabbitmq.reply-to.a']);
    const body = `m${++this.#messages}`;
    const message = { body, mandatory: this.#chance(2), immediate: this.#chance(40), props };
    return { do: 'publish', exchange, key: this.#key(), messages: [message] };
  }
}
