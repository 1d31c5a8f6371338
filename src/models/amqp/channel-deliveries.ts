import { AckTimeout } from './ack-timeout.js';
import type { AmqpConnection } from './connection.js';
import { Consumer } from './consumer.js';
import { ConsumerRow } from './consumer-row.js';
import { DeliveryWindow } from './delivery-window.js';
import type { Envelope } from './envelope.js';
import type { MessageCounts } from './message-counts.js';
import type { Queue } from './queue.js';
import type { Settlement } from './transaction.js';

/** Who has to be told when a delivery is settled: a consumer, or the queue of a get. */
type Taker = Consumer | { readonly queue: Queue };

/**
 * What a channel has handed out and nobody has settled, how much of it there may be, and the consumers that wait for
 * some of it to be settled.
 */
export class ChannelDeliveries {
  /** Consumers that their queues set aside, until there is credit again. */
  readonly parked = new ConsumerRow();
  /** `basic.qos` with global: limit over all consumers; 0 is none. */
  globalPrefetch = 0;
  /** The tag that was used last. */
  lastTag = 0;
  /** Those that count against `globalPrefetch`. */
  #limitedCount = 0;
  readonly #counts: MessageCounts;
  readonly #vhostCounts: MessageCounts;
  readonly #connection: AmqpConnection;
  readonly #window = new DeliveryWindow<Taker>();
  readonly #timeout: AckTimeout | undefined;

  /** @param timedOut called when the oldest delivery has waited for too long */
  constructor(connection: AmqpConnection, counts: MessageCounts, timedOut: (timeoutMs: number) => void) {
    this.#connection = connection;
    this.#counts = counts;
    this.#vhostCounts = connection.vhost.counts;
    const { broker, context } = connection.vhost;
    const timeoutMs = broker.consumerTimeoutMs;
    if (timeoutMs !== Infinity && !connection.internal) {
      const oldest = () => this.#window.oldest;
      this.#timeout = new AckTimeout(context.clock, timeoutMs, oldest, () => timedOut(timeoutMs));
    }
  }

  /** How many are not settled, gets included. */
  get size(): number {
    return this.#window.size;
  }

  /** Whether the limit over all consumers is reached. */
  get full(): boolean {
    return this.globalPrefetch !== 0 && this.#limitedCount >= this.globalPrefetch;
  }

  /** Sets the limit over all consumers; what is unsettled when there was none counts, gets included, as in RabbitMQ. */
  limit(prefetchCount: number, settledInTx: number): void {
    if (this.globalPrefetch === 0 || prefetchCount === 0) {
      this.#limitedCount = prefetchCount === 0 ? 0 : this.#window.size - settledInTx;
    }
    this.globalPrefetch = prefetchCount;
    this.#connection.vhost.passageVersion++;
  }

  /** Keeps what goes to a consumer until it is settled. @returns its tag */
  toConsumer(consumer: Consumer, envelope: Envelope): number {
    const tag = ++this.lastTag;
    const { noAck, queue } = consumer;
    const again = envelope.redelivered;
    this.#counts.delivered(noAck, again);
    queue.counts.delivered(noAck, again);
    this.#vhostCounts.delivered(noAck, again);
    if (consumer.noAck) return tag;
    this.#keep(tag, envelope, consumer);
    consumer.unackedCount++;
    if (this.globalPrefetch > 0) this.#limitedCount++;
    return tag;
  }

  /** Counts deliveries that nobody has to settle, to as many consumers. @returns the tag of the first */
  pass(count: number): number {
    this.#counts.deliverNoAck += count;
    this.#vhostCounts.deliverNoAck += count;
    const first = this.lastTag + 1;
    this.lastTag += count;
    return first;
  }

  /** Keeps what a get took until it is settled. @returns its tag */
  toGet(queue: Queue, envelope: Envelope, noAck: boolean): number {
    const tag = ++this.lastTag;
    for (const counts of [this.#counts, queue.counts, this.#vhostCounts]) {
      counts.got(noAck, envelope.redelivered);
    }
    if (!noAck) this.#keep(tag, envelope, { queue });
    return tag;
  }

  /** A get found its queue empty. */
  gotNothing(queue: Queue): void {
    for (const counts of [this.#counts, queue.counts, this.#vhostCounts]) counts.getEmpty++;
  }

  #ack(envelope: Envelope, queue: Queue): void {
    this.#counts.ack++;
    queue.counts.ack++;
    this.#vhostCounts.ack++;
    queue.ack(envelope);
  }

  #keep(tag: number, envelope: Envelope, taker: Taker): void {
    this.#window.add(tag, envelope, taker);
    this.#timeout?.delivered(tag);
  }

  has(tag: number): boolean {
    return this.#window.has(tag);
  }

  /** Tags up to `last` but some, oldest first. */
  tags(last: number, but?: ReadonlySet<number>): number[] {
    const tags = this.#window.tags(last);
    return but ? tags.filter((tag) => !but.has(tag)) : tags;
  }

  /** The queues that some are of. */
  queuesOf(tags: readonly number[]): Set<Queue> {
    const queues = new Set<Queue>();
    for (const tag of tags) if (this.#window.peek(tag) && this.#window.taken) queues.add(this.#window.taken.queue);
    return queues;
  }

  stop(): void {
    this.#timeout?.stop();
  }

  /** What is not settled, oldest first. */
  *entries(): Iterable<readonly [queue: Queue, envelope: Envelope]> {
    for (const tag of this.#window.tags()) {
      const envelope = this.#window.peek(tag);
      if (envelope && this.#window.taken) yield [this.#window.taken.queue, envelope];
    }
  }

  /** How many have messages of a queue and are not its consumers: those that were cancelled, and each get. */
  lingererCount(queue: Queue): number {
    const lingerers = new Set<Taker>();
    for (const tag of this.#window.tags()) {
      this.#window.peek(tag);
      const { taken } = this.#window;
      if (taken?.queue === queue && !(taken instanceof Consumer && taken.alive)) lingerers.add(taken);
    }
    return lingerers.size;
  }

  /** The usual ack: one delivery, and nobody waits for it. @returns false when it is not that easy */
  ackOne(deliveryTag: number): boolean {
    const { vhost } = this.#connection;
    // A limit over all consumers may hold back those of other queues.
    const shared = this.globalPrefetch > 0 && !this.parked.isEmpty;
    if (shared || vhost.context.journal.on || vhost.isWaitedFor) return false;
    const envelope = this.#window.take(deliveryTag);
    const taker = this.#window.taken;
    // Asked in this way, an envelope is not looked at: it was delivered long ago and is in no cache.
    if (envelope === undefined || taker === undefined) return false;
    const { queue } = taker;
    if (!queue.alive) {
      vhost.command(this.#begin([{ envelope, taker }], 'ack'));
      return true;
    }
    if (taker instanceof Consumer) {
      taker.unackedCount--;
      this.#release(1);
    }
    this.#ack(envelope, queue);
    // Its credit is its own: no other consumer that is set aside can be able by this.
    if (!(taker instanceof Consumer && taker.parked && taker.able)) return true;
    queue.consumers.unpark(taker);
    vhost.commandOn(queue, dispatch, undefined);
    return true;
  }

  /** As RabbitMQ does it: for each queue and consumer on its own, so that what one group frees may leave at once. */
  settle(tags: readonly number[], outcome: Outcome): void {
    this.begin(tags, outcome)();
  }

  /** The first half of settling: the limit over all consumers has room again. @returns the second: queues hear of it */
  begin(tags: readonly number[], outcome: Outcome): () => void {
    return this.#begin(this.#takeAll(tags), outcome);
  }

  #begin(settled: readonly Settled[], outcome: Outcome): () => void {
    this.#release(settled.reduce((count, { taker }) => (taker instanceof Consumer ? count + 1 : count), 0));
    return () => this.#tellQueues(settled, outcome);
  }

  #tellQueues(settled: readonly Settled[], outcome: Outcome): void {
    for (const { taker } of settled) if (!taker.queue.alive) this.#watchNamesake(taker.queue);
    for (const group of groupsByTaker(settled)) this.#settleGroup(group, outcome, settled);
    if (!this.parked.isEmpty) this.unparkAll();
  }

  #takeAll(tags: readonly number[]): Settled[] {
    const taken: Settled[] = [];
    for (const tag of tags) {
      const envelope = this.#window.take(tag);
      if (envelope && this.#window.taken) taken.push({ envelope, taker: this.#window.taken });
    }
    return taken;
  }

  /** Deliveries to consumers were settled. */
  #release(count: number): void {
    if (this.#limitedCount !== 0) this.#limitedCount -= count;
  }

  /** Consumers that may have more again join the others before what comes back is delivered. */
  #settleGroup(group: readonly Settled[], outcome: Outcome, together: readonly Settled[]): void {
    const [{ taker }] = group as readonly [Settled];
    const { queue } = taker;
    if (taker instanceof Consumer) taker.unackedCount -= group.length;
    if (!queue.alive) return this.#settleNamesakes(group, queue, outcome, together);
    const envelopes = group.map(({ envelope }) => envelope);
    if (taker instanceof Consumer && outcome === 'requeue') taker.spareCredit += queue.spareCredit(envelopes);
    // Room under the limit of the channel is for whoever waited longest, of whatever queue.
    const unparked = this.globalPrefetch === 0 && this.#unpark(queue);
    // A priority queue refuses the highest first.
    if (outcome === 'reject') envelopes.sort((a, b) => queue.priorityOf(b) - queue.priorityOf(a));
    for (const envelope of envelopes) this.#settleOne(envelope, queue, outcome);
    if (outcome === 'requeue') queue.afterReturn();
    else if (unparked) queue.dispatch();
  }

  /**
   * The queue has gone. RabbitMQ knows a delivery by the name of its queue and a number, so when there is a queue of
   * that name again and this channel has something of it, the messages of these numbers are settled there.
   *
   * @param together what is settled in the same go, of whatever queue
   */
  #settleNamesakes(group: readonly Settled[], gone: Queue, outcome: Outcome, together: readonly Settled[]): void {
    const { vhost } = this.#connection;
    const queue = vhost.queues.get(gone.name);
    if (gone.type !== 'classic' || queue?.type !== 'classic') return;
    const taken = together.filter(({ taker }) => taker.queue === queue).map(({ envelope }) => envelope);
    if (taken.length === 0 && !this.#hasSomethingOf(queue)) return;
    const out = [...taken, ...(vhost.broker.unacked().get(queue) ?? [])];
    for (const { envelope } of group) {
      const isNamesake = (other: Envelope) =>
        queue.isOut(other) &&
        other.position === envelope.position &&
        queue.priorityOf(other) === gone.priorityOf(envelope);
      const namesake = out.find(isNamesake);
      if (!namesake) continue;
      this.#giveCreditFor(namesake, queue);
      this.#settleOne(namesake, queue, outcome);
    }
    if (outcome === 'requeue') queue.afterReturn();
    this.unparkAll();
  }

  /** From now on something may be settled twice in the queue that has the name of one that has gone. */
  #watchNamesake({ name }: Queue): void {
    const queue = this.#connection.vhost.queues.get(name);
    if (queue) queue.settled ??= new WeakSet();
  }

  #hasSomethingOf(queue: Queue): boolean {
    for (const [of] of this.entries()) if (of === queue) return true;
    for (const { channel } of queue.consumers.values()) if (channel.deliveries === this) return true;
    return false;
  }

  /** The consumer of this channel that has a message need not settle it itself any more. */
  #giveCreditFor(envelope: Envelope, queue: Queue): void {
    const tag = this.#window.tags().find((each) => this.#window.peek(each) === envelope);
    if (tag === undefined || this.#window.peek(tag) === undefined) return;
    const { taken } = this.#window;
    if (!(taken instanceof Consumer)) return;
    taken.unackedCount--;
    this.#window.retake(tag, { queue });
  }

  #settleOne(envelope: Envelope, queue: Queue, outcome: Outcome | 'return'): void {
    if (this.#connection.vhost.context.journal.on && outcome !== 'reject' && queue.isOut(envelope)) {
      const name = outcome === 'ack' ? 'acked' : 'requeued';
      this.#connection.vhost.journal(name, envelope, queue, this.#connection.name);
    }
    if (outcome === 'ack') this.#ack(envelope, queue);
    else if (outcome === 'reject') queue.reject(envelope);
    else queue.requeue(envelope, outcome === 'requeue');
  }

  /** Everything goes back, to each queue in one go, other than what is settled. */
  returnAll(): void {
    const queues = new Set<Queue>();
    for (const group of groupsByTaker(this.#takeAll(this.#window.tags()))) {
      const [{ taker }] = group as readonly [Settled];
      const { queue } = taker;
      if (!queue.alive) continue;
      for (const { envelope } of group) this.#settleOne(envelope, queue, 'return');
      queues.add(queue);
    }
    for (const queue of queues) queue.afterReturn();
  }

  /** Gives consumers that are able again back to their queues. */
  unparkAll(): void {
    const queues = new Set(this.parked.values().map((consumer) => consumer.queue));
    for (const queue of queues) if (this.#unpark(queue)) queue.dispatch();
  }

  /** Gives consumers that are able again back to one queue. @returns whether there were any */
  #unpark(queue: Queue): boolean {
    let found = false;
    for (let consumer = this.parked.first, next = consumer; consumer; consumer = next) {
      next = consumer.after;
      if (!consumer.alive || consumer.queue !== queue || !consumer.able) continue;
      queue.consumers.unpark(consumer);
      found = true;
    }
    return found;
  }
}

const dispatch = (queue: Queue): void => queue.dispatch();

type Outcome = Settlement['outcome'];

/** A delivery that is being settled, and who had it: a consumer, or a basic.get. */
interface Settled {
  readonly envelope: Envelope;
  readonly taker: Taker;
}

/** By queue name, then each message that basic.get took, then by consumer tag; oldest first within a group. */
function groupsByTaker(settled: readonly Settled[]): Iterable<readonly Settled[]> {
  const groups = new Map<Taker, Settled[]>();
  for (const each of settled) {
    const group = groups.get(each.taker);
    if (group) group.push(each);
    else groups.set(each.taker, [each]);
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
