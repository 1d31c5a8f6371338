import { AckTimeout } from './ack-timeout.js';
import type { AmqpConnection } from './connection.js';
import { checkConsume, checkGet } from './consume-check.js';
import { Consumer } from './consumer.js';
import { DeliveryWindow } from './delivery-window.js';
import { type Confirmation, Delivery, type Envelope, type ReturnedMessage } from './envelope.js';
import { type AmqpError, notAllowed, notFound, notImplemented, preconditionFailed } from './errors.js';
import { EMPTY_TABLE, type FieldTable, integerOf } from './field-table.js';
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
import { Transaction } from './transaction.js';

/** What a channel tells its door. Calls come through the outbox, in order, never inside a command. */
export interface ChannelSink {
  /** basic.deliver */
  deliver(delivery: Delivery): void;
  /** basic.return */
  returned(message: ReturnedMessage): void;
  /** basic.ack or basic.nack to a publisher. */
  confirm(confirmation: Confirmation): void;
  /** basic.cancel: the consumer's queue has gone. Only called when the client has the capability for it. */
  cancelled(consumerTag: string): void;
  /** tx.commit-ok: after the returns of the transaction, before what it delivers. */
  committed(): void;
  /** The channel ended from this side, as by the delivery acknowledgement timeout; the model has cleaned up already. */
  closed(error: AmqpError): void;
}

export interface ConsumeArguments {
  readonly queue: string;
  /** Empty for one that the server makes up. */
  readonly consumerTag?: string;
  readonly noAck?: boolean;
  readonly exclusive?: boolean;
  readonly noLocal?: boolean;
  readonly arguments?: FieldTable;
}

export interface PublishFlags {
  readonly mandatory?: boolean;
  readonly immediate?: boolean;
}

/** basic.get-ok */
export interface GetOk {
  readonly delivery: Delivery;
  /** Ready messages that are left. */
  readonly messageCount: number;
}

/** Who has to be told when a delivery is settled: a consumer, or the queue of a get. */
type Taker = Consumer | { readonly queue: Queue };

const NO_FLAGS: PublishFlags = {};
const NO_QUEUES: readonly Queue[] = [];

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
  /** Consumers that their queues set aside, until there is credit again. */
  readonly parked = new Set<Consumer>();
  /** `basic.qos` with global: limit over all consumers; 0 is none. */
  globalPrefetch = 0;
  /** `basic.qos` without global: limit of consumers to come. */
  consumerPrefetch = 0;
  /** Deliveries that count against `globalPrefetch`. */
  limitedCount = 0;
  /** The name that an empty queue name stands for. */
  lastQueue: string | undefined;
  /** Deliveries to it wait. */
  paused = false;
  isOpen = true;
  readonly #window = new DeliveryWindow<Taker>();
  #lastTag = 0;
  /** Publishes since confirm.select; undefined when confirms are off. */
  #published: number | undefined;
  /** Publishes that wait for a majority: no confirm may cover them. */
  #unconfirmed = 0;
  #tx: Transaction | undefined;
  readonly #timeout: AckTimeout | undefined;
  #reply: { readonly consumerTag: string; readonly name: string } | undefined;
  #openConfirm: { ack: boolean; deliveryTag: number; multiple: boolean } | undefined;

  constructor(number: number, connection: AmqpConnection, sink: ChannelSink) {
    this.number = number;
    this.connection = connection;
    this.sink = sink;
    const { broker, context } = connection.vhost;
    const timeoutMs = broker.consumerTimeoutMs;
    if (timeoutMs !== Infinity && !connection.internal) {
      const oldest = () => this.#window.oldest;
      this.#timeout = new AckTimeout(context.clock, timeoutMs, oldest, () => this.#ackTimedOut(timeoutMs));
    }
  }

  get confirming(): boolean {
    return this.#published !== undefined;
  }

  get transactional(): boolean {
    return this.#tx !== undefined;
  }

  /** Unsettled deliveries, gets included. */
  get unackedCount(): number {
    return this.#window.size;
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
      this.#limit(global ? prefetchCount : 0);
      this.#unparkAll();
    });
  }

  /** Sets the limit over all consumers; what is unsettled when there was none counts, gets included, as in RabbitMQ. */
  #limit(prefetchCount: number): void {
    if (this.globalPrefetch === 0 || prefetchCount === 0) {
      this.limitedCount = prefetchCount === 0 ? 0 : this.#window.size;
    }
    this.globalPrefetch = prefetchCount;
  }

  /** @returns the consumer's tag */
  consume(args: ConsumeArguments): string {
    const { vhost } = this.connection;
    const given = args.consumerTag ?? '';
    if (given !== '' && this.consumers.has(given)) throw notAllowed(`attempt to reuse consumer tag '${given}'`);
    if (given !== '' && this.#reply?.consumerTag === given) {
      throw notAllowed(`attempt to reuse consumer tag '${given}'`);
    }
    if (args.queue === REPLY_TO) return this.#consumeReplies(given, args.noAck ?? false);
    const queue = usableQueue(this.connection, this.#queueName(args.queue), 'read');
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
    if (this.#reply) throw preconditionFailed('reply consumer already set');
    if (!noAck) throw preconditionFailed('reply consumer cannot acknowledge');
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
    this.#post(this.#tellDeliver, new Delivery(this.#reply.consumerTag, this.#lastTag + 1, envelope));
  }

  /** Ends a consumer; an unknown tag is no mistake. What it has not settled stays with the channel. */
  cancel(consumerTag: string): void {
    if (this.#reply?.consumerTag === consumerTag) this.#endReplies();
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
    if (this.#published !== undefined) this.#published++;
    if (this.#tx) {
      this.#tx.publish(publication, this.connection.vhost.destinations(publication));
      return NO_QUEUES;
    }
    return this.#command(() => this.#put(publication, this.#published));
  }

  /** @returns undefined when the queue has no ready message */
  get(queueName: string, noAck = false): GetOk | undefined {
    const queue = usableQueue(this.connection, this.#queueName(queueName), 'read');
    checkGet(queue);
    return this.#command(() => {
      queue.touch();
      const envelope = queue.take(noAck);
      if (!envelope) return undefined;
      const tag = ++this.#lastTag;
      if (!noAck) {
        this.#window.add(tag, envelope, { queue });
        this.#timeout?.delivered(tag);
      }
      const delivery = new Delivery('', tag, envelope, queue.propertiesOf(envelope));
      return { delivery, messageCount: queue.readyCount };
    });
  }

  ack(deliveryTag: number, multiple = false): void {
    if (multiple || !this.#ackOne(deliveryTag)) this.#settle(deliveryTag, multiple, 'ack');
  }

  nack(deliveryTag: number, multiple = false, requeue = true): void {
    this.#settle(deliveryTag, multiple, requeue ? 'requeue' : 'reject');
  }

  reject(deliveryTag: number, requeue = true): void {
    this.#settle(deliveryTag, false, requeue ? 'requeue' : 'reject');
  }

  /** Requeues everything that is not settled. */
  recover(requeue: boolean): void {
    if (!requeue) throw notImplemented('requeue=false');
    this.#command(() => this.#applySettle(this.#window.tags(), 'requeue'));
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
    this.#command(() => {
      const { publications, settlements } = tx.finish();
      const { vhost } = this.connection;
      const ready = publications.filter(({ publication }) => !vhost.delay(publication));
      for (const { publication, queues } of ready) {
        if (publication.mandatory) this.#returnUnless(queues.filter(isAlive), publication);
      }
      let accepted = true;
      this.#post((tell) => accepted && tell(), this.#tellCommitted);
      for (const { publication, queues } of ready) {
        if (!vhost.put(publication, queues.filter(isAlive))) accepted = false;
      }
      for (const { tags, outcome } of settlements) this.#applySettle(tags, outcome);
      if (!accepted) this.#endWith(preconditionFailed('partial tx completion'));
    });
  }

  txRollback(): void {
    this.#transaction().finish();
  }

  confirmSelect(): void {
    if (this.#tx) throw preconditionFailed('cannot switch from tx to confirm mode');
    this.#published ??= 0;
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
    this.#timeout?.stop();
    this.connection.channels.delete(this.number);
    this.#command(() => {
      const consumers = [...this.consumers.values()];
      for (const consumer of consumers) consumer.alive = false;
      for (const consumer of consumers) consumer.queue.consumers.remove(consumer);
      this.#returnAll();
      for (const consumer of consumers) consumer.queue.removeConsumer(consumer);
      this.consumers.clear();
    });
  }

  /** Called by queues: hands a message to one of its consumers. */
  deliver(consumer: Consumer, envelope: Envelope): void {
    const tag = ++this.#lastTag;
    if (!consumer.noAck) {
      this.#window.add(tag, envelope, consumer);
      this.#timeout?.delivered(tag);
      consumer.unackedCount++;
      if (this.globalPrefetch > 0) this.limitedCount++;
    }
    const { journal } = this.connection.vhost.context;
    if (journal.on) this.connection.vhost.journal('delivered', envelope, consumer.queue, this.connection.name);
    this.#post(this.#tellDeliver, new Delivery(consumer.tag, tag, envelope, consumer.queue.propertiesOf(envelope)));
  }

  #ackTimedOut(timeoutMs: number): void {
    const text =
      `delivery acknowledgement on channel ${this.number} timed out. Timeout value used: ${timeoutMs} ms. ` +
      'This timeout value can be configured, see consumers doc guide to learn more';
    this.#endWith(preconditionFailed(text));
  }

  #endWith(error: AmqpError): void {
    this.close();
    this.#post(this.#tellClosed, error);
  }

  /** What is not settled, oldest first. */
  *unsettled(): Iterable<readonly [queue: Queue, envelope: Envelope]> {
    for (const tag of this.#window.tags()) {
      const envelope = this.#window.peek(tag);
      if (envelope && this.#window.taken) yield [this.#window.taken.queue, envelope];
    }
  }

  /** Called when a consumer's queue has gone. */
  consumerLost(consumer: Consumer): void {
    consumer.alive = false;
    this.consumers.delete(consumer.tag);
    this.parked.delete(consumer);
    if (this.connection.notifiesCancel) this.#post(this.#tellCancelled, consumer.tag);
  }

  setPaused(paused: boolean): void {
    if (this.paused === paused) return;
    this.paused = paused;
    if (!paused) this.#command(() => this.#unparkAll());
  }

  /** The usual ack: one delivery, and nobody waits for it. @returns false when it is not that easy */
  #ackOne(deliveryTag: number): boolean {
    const { vhost } = this.connection;
    if (this.#tx || this.parked.size > 0 || vhost.context.journal.on || vhost.isWaitedFor) return false;
    const envelope = this.#window.take(deliveryTag);
    const taker = this.#window.taken;
    if (!envelope || !taker) return false;
    if (taker instanceof Consumer) {
      taker.unackedCount--;
      this.#release(1);
    }
    if (taker.queue.alive) taker.queue.ack(envelope);
    return true;
  }

  #settle(deliveryTag: number, multiple: boolean, outcome: Outcome): void {
    const tags = this.#tagsOf(deliveryTag, multiple);
    if (this.#tx) {
      this.#tx.settle(tags, outcome);
      return;
    }
    this.#command(() => this.#applySettle(tags, outcome));
  }

  #tagsOf(deliveryTag: number, multiple: boolean): readonly number[] {
    const settledInTx = this.#tx?.settledTags;
    const isOut = (tag: number) => this.#window.has(tag) && !settledInTx?.has(tag);
    if (multiple && deliveryTag === 0) return this.#window.tags().filter(isOut);
    if (!isOut(deliveryTag)) throw preconditionFailed(`unknown delivery tag ${deliveryTag}`);
    return multiple ? this.#window.tags(deliveryTag).filter(isOut) : [deliveryTag];
  }

  /** As RabbitMQ does it: for each queue and consumer on its own, so that what one group frees may leave at once. */
  #applySettle(tags: readonly number[], outcome: Outcome): void {
    const settled: Settled[] = [];
    for (const tag of tags) {
      const envelope = this.#window.take(tag);
      if (envelope && this.#window.taken) settled.push({ envelope, taker: this.#window.taken });
    }
    for (const group of groupsByTaker(settled)) this.#settleGroup(group, outcome);
    this.#release(settled.reduce((count, { taker }) => (taker instanceof Consumer ? count + 1 : count), 0));
    if (this.parked.size > 0) this.#unparkAll();
  }

  /** Deliveries to consumers were settled. */
  #release(count: number): void {
    if (this.limitedCount !== 0) this.limitedCount -= count;
  }

  /** Consumers that may have more again join the others before what comes back is delivered. */
  #settleGroup(group: readonly Settled[], outcome: Outcome): void {
    const [{ taker }] = group as readonly [Settled];
    const { queue } = taker;
    if (taker instanceof Consumer) taker.unackedCount -= group.length;
    if (!queue.alive) return;
    const unparked = this.parked.size > 0 && this.#unpark(queue);
    for (const { envelope } of group) this.#settleOne(envelope, queue, outcome);
    if (outcome === 'requeue') queue.afterReturn();
    else if (unparked) queue.dispatch();
  }

  #settleOne(envelope: Envelope, queue: Queue, outcome: Outcome): void {
    if (this.connection.vhost.context.journal.on && outcome !== 'reject') {
      const name = outcome === 'ack' ? 'acked' : 'requeued';
      this.connection.vhost.journal(name, envelope, queue, this.connection.name);
    }
    if (outcome === 'ack') queue.ack(envelope);
    else if (outcome === 'reject') queue.reject(envelope);
    else queue.requeue(envelope, true);
  }

  /** Everything goes back, to each queue in one go, other than what is settled. */
  #returnAll(): void {
    const queues = new Set<Queue>();
    for (const tag of this.#window.tags()) {
      const envelope = this.#window.take(tag);
      const queue = this.#window.taken?.queue;
      if (!envelope || !queue?.alive) continue;
      this.#settleOne(envelope, queue, 'requeue');
      queues.add(queue);
    }
    for (const queue of queues) queue.afterReturn();
  }

  /** Gives consumers that are able again back to their queues. */
  #unparkAll(): void {
    const queues = new Set([...this.parked].map((consumer) => consumer.queue));
    for (const queue of queues) if (this.#unpark(queue)) queue.dispatch();
  }

  /** Gives consumers that are able again back to one queue. @returns whether there were any */
  #unpark(queue: Queue): boolean {
    let found = false;
    for (const consumer of this.parked) {
      if (!consumer.alive) this.parked.delete(consumer);
      else if (consumer.queue === queue && consumer.able) {
        this.parked.delete(consumer);
        queue.consumers.unpark(consumer);
        found = true;
      }
    }
    return found;
  }

  #dropConsumer(consumer: Consumer): void {
    this.consumers.delete(consumer.tag);
    this.parked.delete(consumer);
    consumer.queue.removeConsumer(consumer);
  }

  #put(publication: Publication, confirmTag: number | undefined): readonly Queue[] {
    const { vhost } = this.connection;
    const delayed = vhost.delay(publication);
    const queues = delayed ? NO_QUEUES : vhost.destinations(publication);
    if (publication.mandatory && !delayed) this.#returnUnless(queues, publication);
    const accepted = delayed || vhost.put(publication, queues);
    if (confirmTag === undefined) return queues;
    if (queues.every((queue) => queue.available)) this.#confirm(confirmTag, accepted);
    else this.#confirmLater(confirmTag, accepted);
    return queues;
  }

  #returnUnless(queues: readonly Queue[], publication: Publication): void {
    if (queues.length > 0) return;
    const { vhost } = this.connection;
    // RabbitMQ 3 delivers a direct reply and returns it as well.
    if (vhost.version !== '3' && vhost.replyTarget(publication)) return;
    this.#openConfirm = undefined;
    const { exchange, routingKey, properties, body } = publication.envelope;
    this.#post(this.#tellReturned, {
      replyCode: 312,
      replyText: 'NO_ROUTE',
      exchange,
      routingKey,
      properties,
      body,
    });
  }

  /** Confirms once a queue that lost most of its nodes has them back. */
  #confirmLater(deliveryTag: number, ack: boolean): void {
    this.#unconfirmed++;
    this.connection.vhost.cluster.whenMajority(() => {
      this.#unconfirmed--;
      if (this.isOpen) this.#post(this.#tellConfirm, { ack, deliveryTag, multiple: false });
    });
  }

  /** Confirms of one kind that follow each other leave as one. */
  #confirm(deliveryTag: number, ack: boolean): void {
    const open = this.#openConfirm;
    if (open?.ack === ack && this.#unconfirmed === 0) {
      open.deliveryTag = deliveryTag;
      open.multiple = true;
      return;
    }
    this.#openConfirm = { ack, deliveryTag, multiple: false };
    this.#post(this.#tellConfirm, this.#openConfirm);
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
    this.connection.vhost.context.outbox.post(receive, item);
  }

  readonly #tellDeliver = (delivery: Delivery): void => this.sink.deliver(delivery);
  readonly #tellReturned = (message: ReturnedMessage): void => this.sink.returned(message);
  readonly #tellCancelled = (tag: string): void => this.sink.cancelled(tag);
  readonly #tellClosed = (error: AmqpError): void => this.sink.closed(error);
  readonly #tellCommitted = (): void => this.sink.committed();
  readonly #tellConfirm = (confirmation: Confirmation): void => {
    if (this.#openConfirm === confirmation) this.#openConfirm = undefined;
    this.sink.confirm(confirmation);
  };
}

function isAlive(queue: Queue): boolean {
  return queue.alive;
}

type Outcome = 'ack' | 'requeue' | 'reject';

/** A delivery that is being settled, and who had it: a consumer, or a basic.get. */
interface Settled {
  readonly envelope: Envelope;
  readonly taker: Taker;
}

/** By queue name, then messages that basic.get took, then by consumer tag; oldest first within a group. */
function groupsByTaker(settled: readonly Settled[]): Iterable<readonly Settled[]> {
  const groups = new Map<Taker | string, Settled[]>();
  for (const each of settled) {
    const key = each.taker instanceof Consumer ? each.taker : each.taker.queue.name;
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  if (groups.size <= 1) return groups.values();
  const takerOf = (group: readonly Settled[]) => (group as readonly [Settled])[0].taker;
  const nameOf = (group: readonly Settled[]) => takerOf(group).queue.name;
  const tagOf = (group: readonly Settled[]) => {
    const taker = takerOf(group);
    return taker instanceof Consumer ? taker.tag : '';
  };
  return [...groups.values()].sort((a, b) => compare(nameOf(a), nameOf(b)) || compare(tagOf(a), tagOf(b)));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
