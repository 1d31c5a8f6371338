import { type BodyEncoding, type BodyInput, encodeBody, Message } from '../../core/message.js';
import type { AmqpChannel } from './channel.js';
import type { ChannelSink } from './channel-sink.js';
import type { AmqpConnection } from './connection.js';
import type { Delivery, Envelope } from './envelope.js';
import { noExchange, noQueue } from './errors.js';
import type { Exchange } from './exchange.js';
import { EMPTY_TABLE, type FieldTableInput, fromFieldTable, toFieldTable } from './field-table.js';
import { type BasicProperties, NO_PROPERTIES, type PropertiesInput, toProperties } from './properties.js';
import type { Queue } from './queue.js';
import type { VirtualHost } from './virtual-host.js';

/** Where a native publish went. */
export interface PublishResult {
  /** Names of the queues that it reached. */
  readonly routed: readonly string[];
  /** It reached none. */
  readonly dropped: boolean;
}

export interface NativePublishOptions extends PropertiesInput {
  /** How a body that is neither text nor bytes is written. */
  readonly encoding?: BodyEncoding;
}

export interface NativeExchangeOptions {
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly internal?: boolean;
  readonly alternateExchange?: string;
  readonly arguments?: FieldTableInput;
}

export interface NativeQueueOptions {
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly messageTtl?: number;
  readonly expires?: number;
  readonly maxLength?: number;
  readonly maxPriority?: number;
  readonly deadLetterExchange?: string;
  readonly deadLetterRoutingKey?: string;
  readonly arguments?: FieldTableInput;
}

export interface NativeConsumeOptions {
  readonly noAck?: boolean;
  /** Most unacked deliveries; 0 (default) is no limit. */
  readonly prefetch?: number;
  readonly exclusive?: boolean;
  readonly priority?: number;
}

/** A message as tests read it. */
export class AmqpMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: BasicProperties;
  readonly body: Uint8Array;
  readonly redelivered: boolean;

  constructor(source: Envelope | Delivery) {
    this.exchange = source.exchange;
    this.routingKey = source.routingKey;
    this.properties = source.properties;
    this.body = source.body;
    this.redelivered = source.redelivered;
  }

  /** Headers as plain values; empty when there are none. */
  get headers(): Record<string, any> {
    return fromFieldTable(this.properties.headers ?? EMPTY_TABLE);
  }

  text(): string {
    return this.#message().text();
  }

  /** @throws BrokerError INVALID_BODY */
  json<T = any>(): T {
    return this.#message().json<T>();
  }

  /** @throws BrokerError INVALID_BODY */
  unpack<T = any>(): T {
    return this.#message().unpack<T>();
  }

  #message(): Message {
    return new Message(this.body, [], 0);
  }
}

/** A message that was handed out and waits to be settled. */
export class AmqpDelivery extends AmqpMessage {
  readonly #channel: AmqpChannel;
  readonly #tag: number;

  constructor(delivery: Delivery, channel: AmqpChannel) {
    super(delivery);
    this.#channel = channel;
    this.#tag = delivery.deliveryTag;
  }

  /** @throws AmqpError PRECONDITION_FAILED when it was settled before */
  ack(): void {
    this.#channel.ack(this.#tag);
  }

  /** @param requeue false drops or dead-letters it */
  nack(requeue = true): void {
    this.#channel.nack(this.#tag, false, requeue);
  }

  /** Drops it, or dead-letters it. */
  reject(): void {
    this.nack(false);
  }
}

/** Looks into a queue; follows its name, also over a deletion. */
export class QueueHandle {
  readonly name: string;
  readonly #vhost: VirtualHost;

  constructor(name: string, vhost: VirtualHost) {
    this.name = name;
    this.#vhost = vhost;
  }

  get exists(): boolean {
    return this.#vhost.queues.has(this.name);
  }

  /** Ready messages. */
  get length(): number {
    return this.#queue.readyCount;
  }

  get unacked(): number {
    return this.#queue.unackedCount;
  }

  /** Tags of its consumers, in order of subscription. */
  get consumers(): string[] {
    return [...this.#queue.consumers.values()].map((consumer) => consumer.tag);
  }

  /** Ready messages in order of delivery; they stay. */
  messages(): AmqpMessage[] {
    return [...this.#queue.ready()].map((envelope) => new AmqpMessage(envelope));
  }

  /** The next message; it stays. */
  peek(): AmqpMessage | undefined {
    for (const envelope of this.#queue.ready()) return new AmqpMessage(envelope);
    return undefined;
  }

  /** @returns messages dropped */
  purge(): number {
    return this.#queue.purge();
  }

  delete(): void {
    const queue = this.#vhost.queues.get(this.name);
    if (queue) this.#vhost.command(() => this.#vhost.removeQueue(queue));
  }

  /** Resolves when nothing is ready and nothing unacked. */
  drained(): Promise<void> {
    return this.#vhost.whenDrained(this.#queue);
  }

  get #queue(): Queue {
    const queue = this.#vhost.queues.get(this.name);
    if (!queue) throw noQueue(this.name, this.#vhost.name);
    return queue;
  }
}

/** Looks into an exchange. */
export class ExchangeHandle {
  readonly name: string;
  readonly #vhost: VirtualHost;

  constructor(name: string, vhost: VirtualHost) {
    this.name = name;
    this.#vhost = vhost;
  }

  get type(): string {
    return this.#exchange.type;
  }

  /** Bindings from here. */
  get bindings(): ReadonlyArray<{ readonly destination: string; readonly routingKey: string }> {
    return [...this.#exchange.bindings.values()].map(({ destination, routingKey }) => ({
      destination: destination.name,
      routingKey,
    }));
  }

  get #exchange(): Exchange {
    const exchange = this.#vhost.exchanges.get(this.name);
    if (!exchange) throw noExchange(this.name, this.#vhost.name);
    return exchange;
  }
}

/** Why a message would go where it would. */
export interface RouteExplanation {
  readonly exchange: string;
  readonly type: string;
  /** Names of the queues that it would reach. */
  readonly routed: readonly string[];
  /** Every binding of the exchange, and whether it matches. */
  readonly bindings: ReadonlyArray<{
    readonly destination: string;
    readonly routingKey: string;
    readonly matches: boolean;
  }>;
  /** The alternate exchange, where nothing matched and there is one. */
  readonly alternate?: string;
}

const SILENT: ChannelSink = {
  deliver: () => {},
  returned: () => {},
  confirm: () => {},
  cancelled: () => {},
  committed: () => {},
  closed: () => {},
};

/** The API without a wire, on one virtual host: what AMQP methods do, for code in the same process. */
export class NativeApi {
  readonly #vhost: VirtualHost;
  readonly connection: AmqpConnection;
  readonly #channel: AmqpChannel;
  #lastChannel = 1;

  constructor(vhost: VirtualHost, connection: AmqpConnection) {
    this.#vhost = vhost;
    this.connection = connection;
    this.#channel = connection.openChannel(1, SILENT);
  }

  assertExchange(name: string, type: string, options: NativeExchangeOptions): ExchangeHandle {
    const { durable = true, autoDelete = false, internal = false, alternateExchange } = options;
    const table = toFieldTable({
      ...(alternateExchange !== undefined && { 'alternate-exchange': alternateExchange }),
      ...Object.fromEntries(Object.entries(options.arguments ?? {})),
    });
    this.#channel.exchangeDeclare({ exchange: name, type, durable, autoDelete, internal, arguments: table });
    return new ExchangeHandle(name, this.#vhost);
  }

  assertQueue(name: string, options: NativeQueueOptions): QueueHandle {
    const { durable = true, autoDelete = false } = options;
    const table = queueArguments(options);
    const { queue } = this.#channel.queueDeclare({ queue: name, durable, autoDelete, arguments: table });
    return new QueueHandle(queue, this.#vhost);
  }

  bind(queue: string, exchange: string, routingKey: string, args: FieldTableInput): void {
    this.#channel.queueBind({ queue, exchange, routingKey, arguments: toFieldTable(args) });
  }

  unbind(queue: string, exchange: string, routingKey: string, args: FieldTableInput): void {
    this.#channel.queueUnbind({ queue, exchange, routingKey, arguments: toFieldTable(args) });
  }

  publish(exchange: string, routingKey: string, body: BodyInput, options?: NativePublishOptions): PublishResult {
    const bytes = encodeBody(body ?? '', options?.encoding);
    const properties = options ? toProperties(options) : NO_PROPERTIES;
    const queues = this.#channel.publish(exchange, routingKey, properties, bytes);
    return { routed: queues.map((queue) => queue.name), dropped: queues.length === 0 };
  }

  get(queue: string, noAck: boolean): AmqpDelivery | undefined {
    const got = this.#channel.get(queue, noAck);
    return got && new AmqpDelivery(got.delivery, this.#channel);
  }

  consume(queue: string, listener: (delivery: AmqpDelivery) => void, options: NativeConsumeOptions): () => void {
    const { noAck = false, exclusive = false, prefetch = 0, priority } = options;
    const channel: AmqpChannel = this.connection.openChannel(++this.#lastChannel, {
      ...SILENT,
      deliver: (delivery) => listener(new AmqpDelivery(delivery, channel)),
    });
    try {
      channel.qos(prefetch);
      const args = toFieldTable(priority === undefined ? {} : { 'x-priority': priority });
      channel.consume({ queue, noAck, exclusive, arguments: args });
    } catch (error) {
      channel.close();
      throw error;
    }
    return () => channel.close();
  }

  explain(exchangeName: string, routingKey: string, options: PropertiesInput): RouteExplanation {
    const exchange = this.#vhost.exchanges.get(exchangeName);
    if (!exchange) throw noExchange(exchangeName, this.#vhost.name);
    const message = { routingKey, properties: toProperties(options) };
    const bindings = [...exchange.bindings.values()].map((binding) => {
      const alone = this.#vhost.broker.createMatcher(exchange.type, exchange.arguments);
      alone.add(binding);
      const { queues, exchanges } = alone.match(routingKey, message);
      const matches = queues.length + exchanges.length > 0;
      return { destination: binding.destination.name, routingKey: binding.routingKey, matches };
    });
    const own = exchange.matcher.match(routingKey, message);
    const unmatched = own.queues.length + own.exchanges.length === 0;
    return {
      exchange: exchangeName,
      type: exchange.type,
      routed: this.#vhost.route(exchange, message).map((queue) => queue.name),
      bindings,
      ...(unmatched && exchange.alternate !== undefined && { alternate: exchange.alternate }),
    };
  }

  close(): void {
    this.connection.close();
  }
}

function queueArguments(options: NativeQueueOptions): ReturnType<typeof toFieldTable> {
  const named = [
    ['x-message-ttl', options.messageTtl],
    ['x-expires', options.expires],
    ['x-max-length', options.maxLength],
    ['x-max-priority', options.maxPriority],
    ['x-dead-letter-exchange', options.deadLetterExchange],
    ['x-dead-letter-routing-key', options.deadLetterRoutingKey],
  ] as const;
  const given = new Map<string, string | number>();
  for (const [name, value] of named) if (value !== undefined) given.set(name, value);
  return new Map([...toFieldTable(Object.fromEntries(given)), ...toFieldTable(options.arguments ?? {})]);
}
