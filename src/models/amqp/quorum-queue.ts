import { ClassicQueue } from './classic-queue.js';
import { type Consumer, ConsumerList } from './consumer.js';
import type { Envelope } from './envelope.js';
import { EMPTY_TABLE, longField } from './field-table.js';
import { type BasicProperties, withHeaders } from './properties.js';
import type { QueueType } from './queue.js';
import { type MessageStore, ReadyList } from './ready-list.js';
import { ReturnedFirstList } from './returned-first-list.js';
import { TwoClassList } from './two-class-list.js';

/** Deliveries before RabbitMQ 4 gives a message up, where nothing else was said. */
const DEFAULT_LIMIT_4 = 20;

/**
 * A replicated queue: everything in it is durable, it counts how often a message came back, and gives it up beyond a
 * limit.
 *
 * @see https://www.rabbitmq.com/docs/quorum-queues
 */
export class QuorumQueue extends ClassicQueue {
  override readonly type: QueueType = 'quorum';

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

  protected override createConsumerList(single: boolean): ConsumerList {
    return new ConsumerList(single, this.host.version !== '3');
  }

  protected override served(consumer: Consumer): void {
    this.consumers.parkFull(consumer);
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

  override requeue(envelope: Envelope, asked: boolean): void {
    if (envelope.returnCount + 1 <= this.deliveryLimit) return super.requeue(envelope, asked);
    this.ack(envelope);
    this.die(envelope, 'delivery_limit');
  }

  /** Consumers come first, other than on a classic queue. */
  override afterReturn(): void {
    this.dispatch();
    this.expireHead();
    this.dropOverflow();
  }

  protected override survives(): boolean {
    return true;
  }

  /** Without a limit what is sent back goes to the end. */
  protected override putBack(envelope: Envelope, asked: boolean): void {
    if (asked && this.deliveryLimit === Infinity) this.append(envelope);
    else super.putBack(envelope, asked);
  }

  /** It looks before it adds, so that one message too many gets in. */
  protected override refuses(): boolean {
    if (this.settings.overflow !== 'reject-publish') return false;
    return this.readyCount > this.settings.maxLength || this.readyBytes > this.settings.maxLengthBytes;
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
