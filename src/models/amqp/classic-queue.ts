import type { Timer } from '../../core/clock.js';
import type { Consumer } from './consumer.js';
import type { Envelope } from './envelope.js';
import { integerOf } from './field-table.js';
import type { Policy } from './policy.js';
import { type DeathReason, Queue, type QueueDefinition, type QueueHost, type QueueType } from './queue.js';
import { type MessageStore, PriorityReadyList, ReadyList } from './ready-list.js';

/** The usual queue: every message once, in order, until it is acked. */
export class ClassicQueue extends Queue {
  readonly type: QueueType = 'classic';
  readonly store: MessageStore;
  #readyBytes = 0;
  #expiry: Timer | undefined;
  #expiryAtMs = Infinity;
  #dispatching = false;

  constructor(definition: QueueDefinition, host: QueueHost) {
    super(definition, host);
    this.store = this.createStore();
  }

  /** In which order its messages are delivered. */
  protected createStore(): MessageStore {
    const highest = integerOf(this.arguments.get('x-max-priority')) ?? 0;
    return highest > 0 ? new PriorityReadyList(highest) : new ReadyList();
  }

  get readyCount(): number {
    return this.store.length;
  }

  get readyBytes(): number {
    return this.#readyBytes;
  }

  ready(): Iterable<Envelope> {
    return this.store.values();
  }

  enqueue(message: Envelope, shared = false, publisher?: object): boolean {
    if (this.mayRefuse && this.refuses(message, publisher)) return false;
    const consumer = this.#nextForNew();
    if (consumer?.noAck) {
      // Nothing is kept of it.
      consumer.deliver(message);
      return true;
    }
    const envelope = shared ? message.copy() : message;
    this.#setExpiry(envelope);
    if (consumer) {
      this.store.number(envelope);
      this.#deliver(consumer, envelope);
      return true;
    }
    this.append(envelope);
    this.#readyBytes += envelope.body.length;
    // RabbitMQ looks at the head when the message is alone or another was dropped; one of higher priority waits there.
    const dropped = this.dropOverflow();
    if (dropped || this.store.length === 1) this.expireHead();
    return true;
  }

  /** Whose turn it is with a message that has just come, when none waits before it. */
  #nextForNew(): Consumer | undefined {
    // One that is served has left nothing waiting: with thousands of queues, not to look at the store saves its cache lines.
    const { sole } = this;
    if (sole?.served) return sole;
    return this.store.length === 0 ? this.consumers.next() : undefined;
  }

  protected get mayRefuse(): boolean {
    return this.settings.overflow !== 'drop-head';
  }

  /** Refuses what would be above the limits. @returns whether it did */
  protected refuses(envelope: Envelope, _publisher: object | undefined): boolean {
    const { maxLength, maxLengthBytes, overflow } = this.settings;
    if (this.store.length + 1 <= maxLength && this.#readyBytes + envelope.body.length <= maxLengthBytes) return false;
    if (overflow === 'reject-publish-dlx') this.die(envelope, 'maxlen');
    return true;
  }

  take(noAck: boolean): Envelope | undefined {
    if (this.isLate(this.store.peek())) this.expireHead();
    const envelope = this.#shift();
    if (!envelope) return undefined;
    if (!noAck) this.#handOut(envelope);
    this.afterTake(noAck);
    return envelope;
  }

  /** What is too old behind a message that is fetched goes before it is told how many are left. */
  protected afterTake(_noAck: boolean): void {
    this.expireHead();
  }

  /** Limits come first: what is dropped for them no consumer gets. */
  afterReturn(): void {
    this.dropOverflow();
    this.expireHead();
    this.dispatch();
  }

  dispatch(): void {
    // Consumers are served in a loop here, however a delivery came about.
    if (this.#dispatching || this.consumers.size === 0 || !this.available) return;
    this.#dispatching = true;
    for (let head = this.store.peek(); head !== undefined; head = this.store.peek()) {
      if (this.isLate(head)) {
        this.expireHead();
        if (this.store.peek() !== head) continue;
      }
      const consumer = this.consumers.next();
      if (!consumer) break;
      this.#shift();
      this.#deliver(consumer, head);
      this.expireHead();
    }
    this.#dispatching = false;
    this.expireHead();
  }

  ack(envelope: Envelope): void {
    this.#settle(envelope);
  }

  requeue(envelope: Envelope, asked: boolean): void {
    if (!this.#settle(envelope)) return;
    envelope.returnCount++;
    this.putBack(envelope, asked);
    this.#readyBytes += envelope.body.length;
  }

  /** Puts what came back into its place. */
  protected putBack(envelope: Envelope, _asked: boolean): void {
    this.store.giveBack(envelope);
  }

  reject(envelope: Envelope): void {
    if (this.#settle(envelope)) this.die(envelope, 'rejected');
  }

  purge(): number {
    const count = this.store.length;
    this.store.clear();
    this.#readyBytes = 0;
    return count;
  }

  override applyPolicies(policy: Policy | undefined, operatorPolicy: Policy | undefined): void {
    const droppedHead = this.dropsHead;
    super.applyPolicies(policy, operatorPolicy);
    this.dropOverflow((droppedHead && this.heedsLimitsFirst) || this.dropsHead);
  }

  /** Whether new limits are kept before a new way to overflow is heeded. */
  protected get heedsLimitsFirst(): boolean {
    return true;
  }

  /** As after a restart: what was not persistent is gone. */
  override restart(): void {
    const kept = [...this.store.values()].filter((envelope) => this.survives(envelope));
    this.purge();
    for (const envelope of kept) this.load(envelope);
  }

  protected survives(envelope: Envelope): boolean {
    return envelope.properties.deliveryMode === 2;
  }

  /** Puts back what was kept elsewhere, at the end; its expiry still holds. */
  load(envelope: Envelope): void {
    this.append(envelope);
    this.#readyBytes += envelope.body.length;
    this.expireHead();
  }

  override dispose(): void {
    super.dispose();
    this.host.context.clock.cancel(this.#expiry);
  }

  /** Adds at the end what has no position yet, or is to lose it. */
  protected append(envelope: Envelope): void {
    this.store.number(envelope);
    this.store.push(envelope);
  }

  protected die(envelope: Envelope, reason: DeathReason): void {
    this.host.died(this, envelope, reason);
  }

  protected get dropsHead(): boolean {
    return this.settings.overflow === 'drop-head';
  }

  /**
   * Drops from the head what is beyond the limits; a queue that rejects publishes instead keeps what comes back.
   *
   * @returns whether it dropped any
   */
  dropOverflow(drops = this.dropsHead): boolean {
    if (!drops) return false;
    if (!this.#isOver) return false;
    const victims: Envelope[] = [];
    while (this.#isOver) {
      const victim = this.#shift();
      if (!victim) break;
      victims.push(victim);
    }
    this.bury(victims);
    return victims.length > 0;
  }

  get #isOver(): boolean {
    const { maxLength, maxLengthBytes } = this.settings;
    return this.store.length > maxLength || this.#readyBytes > maxLengthBytes;
  }

  /** What was dropped at once dies, oldest first. */
  protected bury(victims: readonly Envelope[]): void {
    for (const victim of victims) this.die(victim, 'maxlen');
  }

  /** Only the head of a queue ever expires. */
  expireHead(): void {
    let head = this.store.peek();
    if (head === undefined || head.expiresAtMs === 0) return;
    const now = this.host.context.clock.now;
    while (head !== undefined && head.expiresAtMs !== 0 && head.expiresAtMs <= now) {
      this.#shift();
      this.die(head, 'expired');
      head = this.store.peek();
    }
    if (head !== undefined && head.expiresAtMs !== 0) this.#armExpiry(head.expiresAtMs);
  }

  /** Whether the timer is due. A head that it does not wait for is delivered whatever its age, as in RabbitMQ. */
  protected isLate(_head: Envelope | undefined): boolean {
    return this.#expiryAtMs !== Infinity && this.#expiryAtMs <= this.host.context.clock.now;
  }

  #setExpiry(envelope: Envelope): void {
    const expiration = envelope.properties.expiration;
    const ttlMs = expiration === undefined ? this.settings.ttlMs : Math.min(this.settings.ttlMs, Number(expiration));
    if (ttlMs !== Infinity) envelope.expiresAtMs = this.host.context.clock.now + ttlMs;
  }

  #armExpiry(atMs: number): void {
    if (atMs >= this.#expiryAtMs) return;
    const { clock } = this.host.context;
    clock.cancel(this.#expiry);
    this.#expiryAtMs = atMs;
    this.#expiry = clock.schedule(atMs, () => {
      this.#expiryAtMs = Infinity;
      this.host.command(() => this.expireHead());
    });
  }

  #shift(): Envelope | undefined {
    const envelope = this.store.shift();
    if (envelope) this.#readyBytes -= envelope.body.length;
    return envelope;
  }

  #deliver(consumer: Consumer, envelope: Envelope): void {
    if (!consumer.noAck) this.#handOut(envelope);
    this.hand(consumer, envelope);
    this.served(consumer);
  }

  protected hand(consumer: Consumer, envelope: Envelope): void {
    consumer.deliver(envelope);
  }

  /** A consumer got a message. */
  protected served(_consumer: Consumer): void {}

  #handOut(envelope: Envelope): void {
    this.unackedCount++;
    this.settled?.delete(envelope);
  }

  /** @returns false when it was settled before, in the name of another delivery */
  #settle(envelope: Envelope): boolean {
    if (!this.isOut(envelope)) return false;
    this.settled?.add(envelope);
    this.unackedCount--;
    return true;
  }
}
