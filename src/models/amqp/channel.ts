import type { ModelContext } from '../../core/model.js';
import { ChannelDeliveries } from './channel-deliveries.js';
import { ChannelPublisher } from './channel-publisher.js';
import type { ChannelSink, ConsumeArguments, GetOk, PublishFlags } from './channel-sink.js';
import type { AmqpConnection } from './connection.js';
import { checkConsume, checkGet, checkRecover, checkReturn } from './consume-check.js';
import { Consumer } from './consumer.js';
import { Delivery, type Envelope } from './envelope.js';
import { type AmqpError, ackTimedOut, notAllowed, notFound, notImplemented, preconditionFailed } from './errors.js';
import { EMPTY_TABLE, integerOf } from './field-table.js';
import { MessageCounts } from './message-counts.js';
import type { BasicProperties } from './properties.js';
import { checkPublish, type Publication } from './publication.js';
import type { Queue } from './queue.js';
import { newReplyName, REPLY_TO } from './reply-to.js';
import {
  bindExchange,
  bindQueue,
  declareExchange,
  declareQueue,
  deleteExchange,
  deleteQueue,
  type ExchangeBindArguments,
  type ExchangeDeclareArguments,
  type ExchangeDeleteArguments,
  purgeQueue,
  type QueueBindArguments,
  type QueueDeclareArguments,
  type QueueDeclareOk,
  type QueueDeleteArguments,
  unbindExchange,
  unbindQueue,
  usableQueue,
} from './topology.js';
import { type Settlement, Transaction } from './transaction.js';

const NO_FLAGS: PublishFlags = {};
const NO_QUEUES: readonly Queue[] = [];
const put = (publisher: ChannelPublisher, publication: Publication) => publisher.put(publication);

/**
 * A channel: one synchronous method for each AMQP method that a client may send. Each checks everything first; what
 * throws has changed nothing (the caller then closes the channel or the connection, as the error's scope says).
 *
 * A door calls them inside `context.outbox.run` and writes its `-ok` there, so that what was posted follows it.
 */
export class AmqpChannel {
  readonly number: number;
  readonly connection: AmqpConnection;
  readonly sink: ChannelSink;
  readonly consumers = new Map<string, Consumer>();
  readonly deliveries: ChannelDeliveries;
  readonly counts = new MessageCounts();
  /** `basic.qos` without global: limit of consumers to come. */
  consumerPrefetch = 0;
  /** The name that an empty queue name stands for. */
  lastQueue: string | undefined;
  /** Deliveries to it wait. */
  paused = false;
  isOpen = true;
  readonly #context: ModelContext;
  readonly #publisher: ChannelPublisher;
  #tx: Transaction | undefined;
  #reply: { readonly consumerTag: string; readonly name: string } | undefined;

  constructor(number: number, connection: AmqpConnection, sink: ChannelSink) {
    this.number = number;
    this.connection = connection;
    this.sink = sink;
    this.#context = connection.vhost.context;
    this.deliveries = new ChannelDeliveries(connection, this.counts, (ms) => this.#endWith(ackTimedOut(number, ms)));
    this.#publisher = new ChannelPublisher(connection, this.counts, sink);
  }

  get confirming(): boolean {
    return this.#publisher.confirming;
  }

  get transactional(): boolean {
    return this.#tx !== undefined;
  }

  exchangeDeclare(args: ExchangeDeclareArguments): void {
    this.#command(() => declareExchange(this.connection, args));
  }

  exchangeDelete(args: ExchangeDeleteArguments): void {
    this.#command(() => deleteExchange(this.connection, args));
  }

  exchangeBind(args: ExchangeBindArguments): void {
    this.#command(() => bindExchange(this.connection, args));
  }

  exchangeUnbind(args: ExchangeBindArguments): void {
    this.#command(() => unbindExchange(this.connection, args));
  }

  queueDeclare(args: QueueDeclareArguments): QueueDeclareOk {
    const ok = this.#command(() => declareQueue(this.connection, args));
    this.lastQueue = ok.queue;
    return ok;
  }

  queueBind(args: QueueBindArguments): void {
    this.#command(() => bindQueue(this.connection, this.#bindingArguments(args)));
  }

  queueUnbind(args: QueueBindArguments): void {
    this.#command(() => unbindQueue(this.connection, this.#bindingArguments(args)));
  }

  /** @returns messages dropped */
  queuePurge(queue: string): number {
    return this.#command(() => purgeQueue(this.connection, this.#queueName(queue)));
  }

  /** @returns ready messages that went with it */
  queueDelete(args: QueueDeleteArguments): number {
    return this.#command(() => deleteQueue(this.connection, { ...args, queue: this.#queueName(args.queue) }));
  }

  qos(prefetchCount: number, global = false, prefetchSize = 0): void {
    if (prefetchSize !== 0) throw notImplemented(`prefetch_size!=0 (${prefetchSize})`);
    this.#command(() => {
      if (!global) this.consumerPrefetch = prefetchCount;
      this.deliveries.limit(global ? prefetchCount : 0, this.#tx?.settledTags.size ?? 0);
      this.deliveries.unparkAll();
    });
  }

  /** @returns the consumer's tag */
  consume(args: ConsumeArguments): string {
    const { vhost } = this.connection;
    const given = args.consumerTag ?? '';
    const queueName = this.#queueName(args.queue);
    if (given !== '' && this.consumers.has(given)) throw notAllowed(`attempt to reuse consumer tag '${given}'`);
    if (queueName === REPLY_TO) return this.#consumeReplies(given, args.noAck ?? false);
    const queue = usableQueue(this.connection, queueName, 'read');
    checkConsume(this, queue, args);
    return this.#command(() => {
      const tag = given === '' ? vhost.generateName('amq.ctag-') : given;
      const table = args.arguments ?? EMPTY_TABLE;
      const definition = {
        tag,
        noAck: args.noAck ?? false,
        exclusive: args.exclusive ?? false,
        priority: integerOf(table.get('x-priority')) ?? 0,
        prefetch: this.consumerPrefetch,
        arguments: table,
      };
      const consumer = new Consumer(definition, this, queue);
      this.consumers.set(tag, consumer);
      queue.addConsumer(consumer);
      return tag;
    });
  }

  #consumeReplies(given: string, noAck: boolean): string {
    const { vhost } = this.connection;
    if (!noAck) throw preconditionFailed('reply consumer cannot acknowledge');
    if (this.#reply) throw preconditionFailed('reply consumer already set');
    const consumerTag = given === '' ? vhost.generateName('amq.ctag-') : given;
    this.#reply = { consumerTag, name: newReplyName(vhost.context.random) };
    vhost.replyTargets.set(this.#reply.name, this);
    return consumerTag;
  }

  #endReplies(): void {
    if (this.#reply) this.connection.vhost.replyTargets.delete(this.#reply.name);
    this.#reply = undefined;
  }

  /** What stands for this channel in the `reply-to` of its requests; undefined without a reply consumer. */
  get replyName(): string | undefined {
    return this.#reply?.name;
  }

  /** Hands a direct reply to the reply consumer; it shows the next delivery tag without using it up. */
  deliverReply(envelope: Envelope): void {
    if (!this.#reply) return;
    this.#post(this.#tellDeliver, new Delivery(this.#reply.consumerTag, this.deliveries.lastTag + 1, envelope));
  }

  /** Ends a consumer; an unknown tag is no mistake. What it has not settled stays with the channel. */
  cancel(consumerTag: string): void {
    if (this.#reply?.consumerTag === consumerTag) return this.#endReplies();
    const consumer = this.consumers.get(consumerTag);
    if (!consumer) return;
    this.#command(() => this.#dropConsumer(consumer));
  }

  /**
   * Publishes. Confirms and returns come through the sink.
   *
   * @param body owned by the broker from here on
   * @returns the queues that it reached; none yet in a transaction
   */
  publish(
    exchange: string,
    routingKey: string,
    properties: BasicProperties,
    body: Uint8Array,
    flags: PublishFlags = NO_FLAGS,
  ): readonly Queue[] {
    if (flags.immediate) throw notImplemented('immediate=true');
    const publication = checkPublish(this, exchange, routingKey, properties, body, flags.mandatory ?? false);
    if (this.#tx) {
      this.#tx.publish(publication, this.connection.vhost.destinations(publication));
      return NO_QUEUES;
    }
    return this.connection.vhost.commandOn(this.#publisher, put, publication);
  }

  /** @returns undefined when the queue has no ready message */
  get(queueName: string, noAck = false): GetOk | undefined {
    const queue = usableQueue(this.connection, this.#queueName(queueName), 'read');
    checkGet(queue);
    return this.#command(() => {
      queue.touch();
      const envelope = queue.take(noAck);
      if (!envelope) {
        this.deliveries.gotNothing(queue);
        return undefined;
      }
      const tag = this.deliveries.toGet(queue, envelope, noAck);
      const delivery = new Delivery('', tag, envelope, queue.gotProperties(envelope));
      return { delivery, messageCount: queue.readyCount };
    });
  }

  ack(deliveryTag: number, multiple = false): void {
    if (multiple || this.#tx || !this.deliveries.ackOne(deliveryTag)) this.#settle(deliveryTag, multiple, 'ack');
  }

  nack(deliveryTag: number, multiple = false, requeue = true): void {
    this.#settle(deliveryTag, multiple, requeue ? 'requeue' : 'reject');
  }

  reject(deliveryTag: number, requeue = true): void {
    this.#settle(deliveryTag, false, requeue ? 'requeue' : 'reject');
  }

  /** Requeues everything that is not settled, not even in a transaction. */
  recover(requeue: boolean): void {
    if (!requeue) throw notImplemented('requeue=false');
    const tags = this.deliveries.tags(Infinity, this.#tx?.settledTags);
    for (const queue of this.deliveries.queuesOf(tags)) checkRecover(queue);
    this.#command(() => this.deliveries.settle(tags, 'requeue'));
  }

  txSelect(): void {
    if (this.confirming) throw preconditionFailed('cannot switch from confirm to tx mode');
    this.#tx ??= new Transaction();
  }

  /**
   * Posts the transaction's returns, then `sink.committed`, then its deliveries. When a queue refused one of its
   * publishes the rest is done, and the channel ends instead of `committed`.
   */
  txCommit(): void {
    const tx = this.#transaction();
    const accepted = this.#command(() => this.#commit(tx));
    // What died on the way is delivered before that.
    if (!accepted) this.#command(() => this.#endWith(preconditionFailed('partial tx completion'), true));
  }

  /** @returns false when a queue refused one of its publishes */
  #commit(tx: Transaction): boolean {
    const { acks, publications, returns } = tx.finish();
    const { vhost } = this.connection;
    const ready = this.#publisher.commit(publications);
    let accepted = true;
    this.#post((tell) => accepted && tell(), this.#tellCommitted);
    const tellAcks = this.deliveries.begin(acks, 'ack');
    // Consumers that a limit of the whole channel held back are told of its room only behind the publishes.
    const isLimited = this.deliveries.globalPrefetch > 0;
    if (!isLimited) tellAcks();
    const begun = returns.map(({ tags, outcome }) => this.deliveries.begin(tags, outcome));
    if (isLimited) begun.unshift(tellAcks);
    for (const { publication, queues } of ready) {
      if (!vhost.put(publication, queues)) accepted = false;
    }
    for (const tellQueues of begun) tellQueues();
    return accepted;
  }

  txRollback(): void {
    this.#transaction().finish();
  }

  confirmSelect(): void {
    if (this.#tx) throw preconditionFailed('cannot switch from tx to confirm mode');
    this.#publisher.confirmSelect();
  }

  flow(active: boolean): void {
    if (!active) throw notImplemented('active=false');
  }

  /** Ends it: consumers go, what is not settled is requeued. Idempotent; also called after a channel error. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#tx = undefined;
    this.#endReplies();
    this.deliveries.stop();
    this.#publisher.isOpen = false;
    this.connection.channels.delete(this.number);
    this.#command(() => {
      const consumers = [...this.consumers.values()];
      for (const consumer of consumers) consumer.end();
      this.deliveries.returnAll();
      for (const consumer of consumers) consumer.queue.removeConsumer(consumer);
      this.consumers.clear();
    });
  }

  /** Called by queues: hands a message to one of its consumers. */
  deliver(consumer: Consumer, envelope: Envelope): void {
    const tag = this.deliveries.toConsumer(consumer, envelope);
    const { vhost, name } = this.connection;
    if (this.#context.journal.on) vhost.journal('delivered', envelope, consumer.queue, name);
    this.#post(this.#tellDeliver, new Delivery(consumer.tag, tag, envelope, consumer.queue.propertiesOf(envelope)));
  }

  #endWith(error: AmqpError, byCommit = false): void {
    this.close();
    this.#post((what) => this.sink.closed(what, byCommit), error);
  }

  /** Called when a consumer's queue has gone. */
  consumerLost(consumer: Consumer): void {
    consumer.alive = false;
    this.consumers.delete(consumer.tag);
    if (this.connection.notifiesCancel) this.#post(this.#tellCancelled, consumer.tag);
  }

  setPaused(paused: boolean): void {
    if (this.paused === paused) return;
    this.paused = paused;
    this.connection.vhost.passageVersion++;
    if (!paused) this.#command(() => this.deliveries.unparkAll());
  }

  #settle(deliveryTag: number, multiple: boolean, outcome: Settlement['outcome']): void {
    const tags = this.#tagsOf(deliveryTag, multiple);
    if (this.#tx) {
      this.#tx.settle(tags, outcome);
      return;
    }
    if (outcome !== 'ack') for (const queue of this.deliveries.queuesOf(tags)) checkReturn(queue);
    this.#command(() => this.deliveries.settle(tags, outcome));
  }

  #tagsOf(deliveryTag: number, multiple: boolean): readonly number[] {
    const settledInTx = this.#tx?.settledTags;
    if (multiple && deliveryTag === 0) return this.deliveries.tags(Infinity, settledInTx);
    const isOut = this.deliveries.has(deliveryTag) && !settledInTx?.has(deliveryTag);
    if (!isOut) throw preconditionFailed(`unknown delivery tag ${deliveryTag}`);
    return multiple ? this.deliveries.tags(deliveryTag, settledInTx) : [deliveryTag];
  }

  #dropConsumer(consumer: Consumer): void {
    this.consumers.delete(consumer.tag);
    consumer.queue.removeConsumer(consumer);
  }

  #transaction(): Transaction {
    if (!this.#tx) throw preconditionFailed('channel is not transactional');
    return this.#tx;
  }

  #queueName(name: string): string {
    if (name !== '') return name;
    if (this.lastQueue === undefined) throw notFound('no previously declared queue');
    return this.lastQueue;
  }

  #bindingArguments(args: QueueBindArguments): QueueBindArguments {
    if (args.queue !== '') return args;
    const queue = this.#queueName('');
    return { ...args, queue, routingKey: args.routingKey === '' ? queue : args.routingKey };
  }

  #command<T>(fn: () => T): T {
    return this.connection.vhost.command(fn);
  }

  #post<T>(receive: (item: T) => void, item: T): void {
    this.#context.outbox.post(receive, item);
  }

  readonly #tellDeliver = (delivery: Delivery): void => this.sink.deliver(delivery);
  readonly #tellCancelled = (tag: string): void => this.sink.cancelled(tag);
  readonly #tellCommitted = (): void => this.sink.committed();
}
