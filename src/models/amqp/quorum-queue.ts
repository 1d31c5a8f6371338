import { ClassicQueue } from './classic-queue.js';
import { type Consumer, ConsumerList } from './consumer.js';
import type { Envelope } from './envelope.js';
import { EMPTY_TABLE, longField } from './field-table.js';
import type { Policy } from './policy.js';
import { type BasicProperties, withHeaders } from './properties.js';
import type { QueueType } from './queue.js';
import { type MessageStore, ReadyList } from './ready-list.js';
import { ReturnedFirstList } from './returned-first-list.js';
import { TwoClassList } from './two-class-list.js';

/** Deliveries before RabbitMQ 4 gives a message up, where nothing else was said. */
const DEFAULT_LIMIT_4 = 20;

/** A queue that refuses publishes takes them again below this part of its limits. */
const SOFT_LIMIT = 0.8;

interface Handover {
  readonly consumer: Consumer;
  readonly envelope: Envelope;
}

/**
 * A replicated queue: everything in it is durable, it counts how often a message came back, and gives it up beyond a
 * limit.
 *
 * @see https://www.rabbitmq.com/docs/quorum-queues
 */
export class QuorumQueue extends ClassicQueue {
  override readonly type: QueueType = 'quorum';
  /** Publishers by number, in the order in which they came here first. */
  readonly #publishers = new WeakMap<object, number>();
  #publisherCount = 0;
  /** The one that published last. */
  #publisher: { readonly of: object; readonly number: number } | undefined;
  /** Publishers up to this number have been told to stop. */
  #refusedUpTo = 0;
  /** Whether publishers that have been told to stop might have gone on when that was asked last. */
  #wasBelow = false;
  /** Messages came back to the end, each in a turn of its own. */
  #oneByOne = false;
  /** What is to be delivered in this turn; undefined outside of one. */
  #turn: Handover[] | undefined;

  /** Times a message may come back; Infinity when there is no limit. */
  get deliveryLimit(): number {
    const { deliveryLimit } = this.settings;
    if (deliveryLimit === undefined) return this.host.version === '3' ? Infinity : DEFAULT_LIMIT_4;
    return deliveryLimit < 0 ? Infinity : deliveryLimit;
  }

  /** Those that wait to be the active one do not count, those that have gone do until they have settled everything. */
  override get consumerCount(): number {
    const { active, size } = this.consumers;
    const taking = this.singleActiveConsumer && active ? 1 : size;
    return taking + this.host.lingererCount(this);
  }

  protected override get heedsLimitsFirst(): boolean {
    return false;
  }

  protected override createConsumerList(single: boolean): ConsumerList {
    return new ConsumerList(this, single, this.host.version !== '3');
  }

  /** What goes out in one turn goes to one consumer after the other, in the order of their tags. */
  override dispatch(): void {
    if (this.#turn) return;
    if (this.#oneByOne) return super.dispatch();
    const turn: Handover[] = [];
    this.#turn = turn;
    super.dispatch();
    this.#turn = undefined;
    turn.sort((a, b) => Number(a.consumer.tag > b.consumer.tag) - Number(a.consumer.tag < b.consumer.tag));
    for (const { consumer, envelope } of turn) {
      if (!consumer.noAck) consumer.unackedCount--;
      super.hand(consumer, envelope);
    }
  }

  protected override hand(consumer: Consumer, envelope: Envelope): void {
    if (!this.#turn) return super.hand(consumer, envelope);
    if (!consumer.noAck) consumer.unackedCount++;
    this.#turn.push({ consumer, envelope });
  }

  protected override served(consumer: Consumer): void {
    this.consumers.parkFull(consumer);
    this.#weigh();
  }

  protected override createStore(): MessageStore {
    return new ReturnedFirstList(this.host.version === '3' ? new ReadyList() : new TwoClassList());
  }

  override propertiesOf(envelope: Envelope): BasicProperties {
    return envelope.returnCount === 0 ? envelope.properties : counted(envelope);
  }

  /** RabbitMQ 3 counts to whoever fetches also when there is nothing to count yet. */
  override gotProperties(envelope: Envelope): BasicProperties {
    return this.host.version === '3' ? counted(envelope) : this.propertiesOf(envelope);
  }

  /** RabbitMQ 3 counts what it gives up twice: as settled, and as sent back. */
  override spareCredit(returned: readonly Envelope[]): number {
    if (this.host.version !== '3') return 0;
    return returned.filter((envelope) => this.#givesUp(envelope)).length;
  }

  #givesUp(envelope: Envelope): boolean {
    return envelope.returnCount + 1 > this.deliveryLimit;
  }

  override requeue(envelope: Envelope, asked: boolean): void {
    if (!this.#givesUp(envelope)) return super.requeue(envelope, asked);
    this.ack(envelope);
    this.die(envelope, 'delivery_limit');
  }

  /** Consumers come first, other than on a classic queue. */
  override afterReturn(): void {
    this.dispatch();
    this.#oneByOne = false;
    this.expireHead();
    this.dropOverflow();
    this.#weigh();
  }

  protected override survives(): boolean {
    return true;
  }

  /** Without a limit what is sent back goes to the end. */
  protected override putBack(envelope: Envelope, asked: boolean): void {
    this.#oneByOne = asked && this.deliveryLimit === Infinity;
    if (this.#oneByOne) this.append(envelope);
    else super.putBack(envelope, asked);
  }

  /** What is too old is never delivered. */
  protected override isLate(head: Envelope | undefined): boolean {
    return head !== undefined && head.expiresAtMs !== 0 && head.expiresAtMs <= this.host.context.clock.now;
  }

  /** What is too old is still counted as left, unless what was fetched is settled in the same go. */
  protected override afterTake(noAck: boolean): void {
    if (noAck) this.expireHead();
    else this.host.context.outbox.postLate(this.#expireSoon);
  }

  readonly #expireSoon = (): void => this.host.command(() => this.expireHead());

  /** There is always something to ask it. */
  override get passesTo(): undefined {
    return undefined;
  }

  override applyPolicies(policy: Policy | undefined, operatorPolicy: Policy | undefined): void {
    super.applyPolicies(policy, operatorPolicy);
    this.#weigh();
  }

  /** Who was told to stop is refused until it is told to go on, whatever the queue does by then with what is too much. */
  protected override get mayRefuse(): boolean {
    return true;
  }

  /**
   * It tells its publishers when it has too much, and until then takes all; what died elsewhere it takes always. Who
   * comes later is told when it has too much still.
   */
  protected override refuses(_envelope: Envelope, publisher: object | undefined): boolean {
    return publisher !== undefined && this.#numberOf(publisher) <= this.#refusedUpTo;
  }

  #numberOf(publisher: object): number {
    if (this.#publisher?.of === publisher) return this.#publisher.number;
    let number = this.#publishers.get(publisher);
    if (number === undefined) {
      number = ++this.#publisherCount;
      this.#publishers.set(publisher, number);
      this.#weigh();
    }
    this.#publisher = { of: publisher, number };
    return number;
  }

  override enqueue(envelope: Envelope, shared = false, publisher?: object): boolean {
    const accepted = super.enqueue(envelope, shared, publisher);
    this.#weigh();
    return accepted;
  }

  override take(noAck: boolean): Envelope | undefined {
    const envelope = super.take(noAck);
    this.#weigh();
    return envelope;
  }

  override purge(): number {
    const count = super.purge();
    this.#weigh();
    return count;
  }

  /** Tells publishers to stop, or to go on once it has come below a part of its limits. Without limits it tells nothing. */
  #weigh(): void {
    const { maxLength, maxLengthBytes } = this.settings;
    const isLimited = maxLength !== Infinity || maxLengthBytes !== Infinity;
    const isBelow =
      isLimited && this.readyCount <= maxLength * SOFT_LIMIT && this.readyBytes <= maxLengthBytes * SOFT_LIMIT;
    if (!this.dropsHead && isLimited) {
      const isOver = this.readyCount > maxLength || this.readyBytes > maxLengthBytes;
      if (isOver) this.#refusedUpTo = this.#publisherCount;
      else if (isBelow && !this.#wasBelow) this.#refusedUpTo = 0;
    }
    this.#wasBelow = isBelow;
  }

  /** What was dropped last goes first. */
  protected override bury(victims: readonly Envelope[]): void {
    super.bury([...victims].reverse());
  }

  /** To it, reject-publish-dlx is drop-head. */
  protected override get dropsHead(): boolean {
    return this.settings.overflow !== 'reject-publish';
  }
}

function counted({ properties, returnCount }: Envelope): BasicProperties {
  const headers = new Map(properties.headers ?? EMPTY_TABLE).set('x-delivery-count', longField(returnCount));
  return withHeaders(properties, headers);
}
