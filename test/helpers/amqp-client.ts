/**
 * One client, two ways in: straight to the model, or through a session's bytes. What a property says of the model can
 * then be asked of the wire with the same words: method names and arguments are the protocol's.
 */
import {
  type AmqpChannel,
  type AmqpConnection,
  AmqpError,
  type ChannelSink,
  type Queue,
  type VirtualHost,
} from '../../src/models/amqp/index.js';
import { propertiesFromJson, propertiesToJson, tableFromJson } from './amqp-json.js';
import { type AmqpPeer, AmqpWorld, type PeerItem } from './amqp-wire.js';

type Fields = Record<string, any>;

/** What a channel was told, in the order over all channels of a world. */
export interface ClientEvent {
  readonly channel: ClientChannel;
  readonly name: 'deliver' | 'return' | 'ack' | 'nack' | 'cancel' | 'closed';
  readonly tag?: number;
  readonly multiple?: boolean;
  readonly redelivered?: boolean;
  readonly consumer?: string;
  readonly body?: string;
  readonly headers?: Fields;
  readonly code?: number;
}

export interface ClientChannel {
  readonly isOpen: boolean;
  /** @returns the `-ok`'s fields (of get also `body` and `headers`), or undefined when the channel closed instead */
  call(method: string, args?: Fields): Fields | undefined;
  publish(exchange: string, routingKey: string, body: string, props?: Fields, mandatory?: boolean): void;
  close(): void;
}

export interface Client {
  open(number: number): ClientChannel;
  /** What is sent in `act` arrives as one. */
  together(act: () => void): void;
  /** The connection breaks. */
  drop(): void;
}

/** A broker with clients of one kind. */
export abstract class ClientWorld {
  readonly world = new AmqpWorld();
  readonly #events: ClientEvent[] = [];

  abstract connect(): Client;

  constructor() {
    this.world.context.journal.on = false;
  }

  /** Events since the last time. */
  take(): ClientEvent[] {
    return this.#events.splice(0);
  }

  tell(event: ClientEvent): void {
    this.#events.push(event);
  }

  advance(ms: number): void {
    this.world.advance(ms);
  }

  /** A queue as the model has it. */
  queue(name: string): Queue {
    return this.vhost.queues.get(name) as Queue;
  }

  get vhost(): VirtualHost {
    return this.world.broker.vhosts.get('/') as VirtualHost;
  }
}

export class NativeWorld extends ClientWorld {
  override connect(): Client {
    const sink = { closed: () => {}, blocked: () => {}, unblocked: () => {} };
    const connection = this.world.broker.openConnection({ user: 'guest', vhost: '/', name: 'c', nodeId: 1, sink });
    return {
      open: (number) => new NativeChannel(this, connection, number),
      together: (act) => this.world.context.outbox.run(act),
      drop: () => connection.close(),
    };
  }
}

export class WireWorld extends ClientWorld {
  override connect(): Client {
    const peer = this.world.connect();
    const channels = new Map<number, WireChannel>();
    peer.onItem = (item) => {
      if (item.kind === 'method') channels.get(item.channel)?.receive(item);
    };
    const open = (number: number) => {
      const channel = new WireChannel(this, peer, number);
      channels.set(number, channel);
      channel.call('channel.open');
      return channel;
    };
    return { open, together: (act) => peer.sendBytes(peer.collect(act)), drop: () => peer.drop() };
  }
}

const NATIVE: Readonly<Record<string, (channel: AmqpChannel, args: any) => unknown>> = {
  'queue.declare': (channel, args) => channel.queueDeclare(args),
  'queue.bind': (channel, args) => channel.queueBind(args),
  'queue.unbind': (channel, args) => channel.queueUnbind(args),
  'queue.purge': (channel, { queue }) => ({ messageCount: channel.queuePurge(queue) }),
  'queue.delete': (channel, args) => ({ messageCount: channel.queueDelete(args) }),
  'exchange.declare': (channel, args) => channel.exchangeDeclare(args),
  'exchange.delete': (channel, args) => channel.exchangeDelete(args),
  'exchange.bind': (channel, args) => channel.exchangeBind(args),
  'exchange.unbind': (channel, args) => channel.exchangeUnbind(args),
  'basic.qos': (channel, { prefetchCount, global }) => channel.qos(prefetchCount, global),
  'basic.consume': (channel, args) => ({ consumerTag: channel.consume(args) }),
  'basic.cancel': (channel, { consumerTag }) => channel.cancel(consumerTag),
  'basic.ack': (channel, { deliveryTag, multiple }) => channel.ack(deliveryTag, multiple),
  'basic.nack': (channel, { deliveryTag, multiple, requeue }) => channel.nack(deliveryTag, multiple, requeue),
  'basic.reject': (channel, { deliveryTag, requeue }) => channel.reject(deliveryTag, requeue),
  'basic.recover': (channel, { requeue }) => channel.recover(requeue),
  'tx.select': (channel) => channel.txSelect(),
  'tx.commit': (channel) => channel.txCommit(),
  'tx.rollback': (channel) => channel.txRollback(),
  'confirm.select': (channel) => channel.confirmSelect(),
  'basic.get': (channel, { queue, noAck }) => {
    const got = channel.get(queue, noAck);
    if (!got) return {};
    const { deliveryTag, redelivered, body, properties } = got.delivery;
    const { headers } = propertiesToJson(properties);
    return { deliveryTag, redelivered, messageCount: got.messageCount, body: text(body), headers };
  },
};

/** Methods that are not answered. */
const SILENT = new Set(['basic.ack', 'basic.nack', 'basic.reject']);

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

class NativeChannel implements ClientChannel {
  readonly #world: ClientWorld;
  readonly #channel: AmqpChannel;

  constructor(world: ClientWorld, connection: AmqpConnection, number: number) {
    this.#world = world;
    const tell = (event: Omit<ClientEvent, 'channel'>) => world.tell({ channel: this, ...event });
    const sink: ChannelSink = {
      deliver: ({ deliveryTag: tag, redelivered, consumerTag: consumer, body, properties }) => {
        const { headers } = propertiesToJson(properties);
        tell({ name: 'deliver', tag, redelivered, consumer, body: text(body), headers });
      },
      returned: ({ body }) => tell({ name: 'return', body: text(body) }),
      confirm: ({ ack, deliveryTag: tag, multiple }) => tell({ name: ack ? 'ack' : 'nack', tag, multiple }),
      cancelled: (consumer) => tell({ name: 'cancel', consumer }),
      committed: () => {},
      closed: ({ replyCode: code }) => tell({ name: 'closed', code }),
    };
    this.#channel = connection.openChannel(number, sink);
  }

  get isOpen(): boolean {
    return this.#channel.isOpen;
  }

  call(method: string, args: Fields = {}): Fields | undefined {
    const table = args.arguments && { arguments: tableFromJson(args.arguments) };
    return this.#attempt(
      () => (NATIVE[method]?.(this.#channel, { routingKey: '', ...args, ...table }) ?? {}) as Fields,
    );
  }

  publish(exchange: string, routingKey: string, body: string, props: Fields = {}, mandatory = false): void {
    const properties = propertiesFromJson(props);
    this.#attempt(() => this.#channel.publish(exchange, routingKey, properties, Buffer.from(body), { mandatory }));
  }

  close(): void {
    this.#channel.close();
  }

  #attempt<T>(act: () => T): T | undefined {
    try {
      return this.#world.world.context.outbox.run(act);
    } catch (error) {
      if (!(error instanceof AmqpError) || error.scope !== 'channel') throw error;
      this.#channel.close();
      this.#world.tell({ channel: this, name: 'closed', code: error.replyCode });
      return undefined;
    }
  }
}

class WireChannel implements ClientChannel {
  isOpen = true;
  readonly #world: ClientWorld;
  readonly #peer: AmqpPeer;
  readonly #number: number;
  #answer: Fields | undefined;

  constructor(world: ClientWorld, peer: AmqpPeer, number: number) {
    this.#world = world;
    this.#peer = peer;
    this.#number = number;
  }

  call(method: string, args: Fields = {}): Fields | undefined {
    this.#answer = undefined;
    this.#peer.send(this.#number, method, { ...args, args: args.arguments });
    if (!this.isOpen) return undefined;
    if (this.#answer === undefined && !SILENT.has(method)) throw new Error(`${method} was not answered`);
    return this.#answer ?? {};
  }

  publish(exchange: string, routingKey: string, body: string, props: Fields = {}, mandatory = false): void {
    this.#peer.publish(this.#number, { exchange, routingKey, mandatory }, props, body);
  }

  close(): void {
    this.call('channel.close', { replyCode: 200 });
    this.isOpen = false;
  }

  receive({ name, args, props, body }: Extract<PeerItem, { kind: 'method' }>): void {
    const { deliveryTag: tag, multiple, redelivered, consumerTag: consumer } = args;
    const tell = (event: Omit<ClientEvent, 'channel'>) => this.#world.tell({ channel: this, ...event });
    if (name.endsWith('-ok')) this.#answer = { ...args, ...(body !== undefined && { body, headers: props?.headers }) };
    else if (name === 'basic.get-empty') this.#answer = {};
    else if (name === 'basic.deliver') {
      tell({ name: 'deliver', tag, redelivered, consumer, body: body as string, headers: props?.headers });
    } else if (name === 'basic.return') tell({ name: 'return', body: body as string });
    else if (name === 'basic.ack' || name === 'basic.nack') {
      tell({ name: name === 'basic.ack' ? 'ack' : 'nack', tag, multiple });
    } else if (name === 'basic.cancel') tell({ name: 'cancel', consumer });
    else if (name === 'channel.close') {
      this.isOpen = false;
      this.#peer.send(this.#number, 'channel.close-ok');
      tell({ name: 'closed', code: args.replyCode });
    } else throw new Error(`the channel was sent ${name}`);
  }
}
