import type { AmqpChannel } from './channel.js';
import { ConsumerRow } from './consumer-row.js';
import type { Envelope } from './envelope.js';
import type { FieldTable } from './field-table.js';
import type { Queue } from './queue.js';

export interface ConsumerDefinition {
  readonly tag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly priority: number;
  /** Most unacked deliveries; 0 is no limit. */
  readonly prefetch: number;
  readonly arguments: FieldTable;
}

/** A subscription of a channel to a queue. */
export class Consumer implements ConsumerDefinition {
  readonly tag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly priority: number;
  readonly prefetch: number;
  readonly arguments: FieldTable;
  readonly channel: AmqpChannel;
  readonly queue: Queue;
  /** Deliveries that are not settled. */
  unackedCount = 0;
  /** Deliveries that it may have beyond its prefetch, see `Queue.spareCredit`. */
  spareCredit = 0;
  /** False once it was cancelled, or its channel or queue has gone. */
  alive = true;
  /** Where it stands, and between whom: among those that its queue serves, or those that its channel has set aside. */
  row: ConsumerRow | undefined;
  before: Consumer | undefined;
  after: Consumer | undefined;

  constructor(definition: ConsumerDefinition, channel: AmqpChannel, queue: Queue) {
    this.tag = definition.tag;
    this.noAck = definition.noAck;
    this.exclusive = definition.exclusive;
    this.priority = definition.priority;
    this.prefetch = definition.prefetch;
    this.arguments = definition.arguments;
    this.channel = channel;
    this.queue = queue;
  }

  /** Set aside by its queue, which found it unable to take more. */
  get parked(): boolean {
    return this.row !== undefined && this.row === this.channel.deliveries.parked;
  }

  /** Whether it may get one more. */
  get able(): boolean {
    const channel = this.channel;
    if (channel.paused) return false;
    if (!this.noAck && this.prefetch > 0 && this.unackedCount >= this.prefetch + this.spareCredit) return false;
    // The limit of the channel also stops consumers that do not ack.
    return !channel.deliveries.full;
  }

  /** Whether it gets what comes: it may have more, and its queue knows. */
  get served(): boolean {
    return this.able && !this.parked;
  }

  deliver(envelope: Envelope): void {
    this.channel.deliver(this, envelope);
  }

  /** Nothing more comes to it; its queue has yet to see to what follows from that. */
  end(): void {
    this.alive = false;
    this.queue.consumers.remove(this);
  }
}

/** The consumers of one queue, in the order in which they are served. */
export class ConsumerList {
  /** In order of subscription. */
  readonly #all = new Set<Consumer>();
  /** By priority, highest first; in each band those that may be able, next first. */
  readonly #bands: Array<{ readonly priority: number; readonly ready: ConsumerRow }> = [];
  /** Only one is served at a time. */
  readonly #single: boolean;
  readonly #heedsPriority: boolean;
  readonly #queue: Pick<Queue, 'sole'>;
  #active: Consumer | undefined;

  /**
   * @param queue whose they are; it is told when there is just one
   * @param heedsPriority whether of those that wait the one with the highest priority becomes the active one
   */
  constructor(queue: Pick<Queue, 'sole'>, single: boolean, heedsPriority = true) {
    this.#queue = queue;
    this.#single = single;
    this.#heedsPriority = heedsPriority;
  }

  get size(): number {
    return this.#all.size;
  }

  /** The one that is served on a queue with a single active consumer. */
  get active(): Consumer | undefined {
    return this.#active;
  }

  get exclusive(): Consumer | undefined {
    for (const consumer of this.#all) if (consumer.exclusive) return consumer;
    return undefined;
  }

  values(): Iterable<Consumer> {
    return this.#all;
  }

  add(consumer: Consumer): void {
    this.#all.add(consumer);
    this.#queue.sole = this.#all.size === 1 ? consumer : undefined;
    if (this.#single) this.#active ??= consumer;
    else this.#band(consumer.priority).join(consumer);
  }

  remove(consumer: Consumer): void {
    if (!this.#all.delete(consumer)) return;
    consumer.row?.leave(consumer);
    this.#queue.sole = this.#all.size === 1 ? this.#all.values().next().value : undefined;
    if (this.#single) {
      if (this.#active === consumer) this.#active = this.#successor();
      return;
    }
    if (this.#hasPriority(consumer.priority)) return;
    const index = this.#bands.findIndex((band) => band.priority === consumer.priority);
    this.#bands.splice(index, 1);
  }

  clear(): void {
    for (const consumer of this.#all) consumer.row?.leave(consumer);
    this.#all.clear();
    this.#bands.length = 0;
    this.#active = undefined;
    this.#queue.sole = undefined;
  }

  /** A parked consumer may be able again: it joins the end of its band. */
  unpark(consumer: Consumer): void {
    if (!consumer.parked) return;
    if (this.#single) consumer.row?.leave(consumer);
    else this.#band(consumer.priority).join(consumer);
  }

  /** Sets a consumer aside until it has credit again. */
  park(consumer: Consumer): void {
    if (!consumer.parked) consumer.channel.deliveries.parked.join(consumer);
  }

  /** Sets a consumer aside at once when it cannot take more, so that it comes last when it can again. */
  parkFull(consumer: Consumer): void {
    if (!consumer.able) this.park(consumer);
  }

  /** The consumer whose turn it is; those that cannot take more are set aside. */
  next(): Consumer | undefined {
    if (this.#single) return this.#nextSingle();
    for (const { ready } of this.#bands) {
      for (let consumer = ready.first; consumer; consumer = ready.first) {
        if (consumer.able) {
          ready.join(consumer);
          return consumer;
        }
        this.park(consumer);
      }
    }
    return undefined;
  }

  /** The one that subscribed first, of those with the highest priority where that counts. */
  #successor(): Consumer | undefined {
    let highest: Consumer | undefined;
    if (!this.#heedsPriority) for (const first of this.#all) return first;
    for (const consumer of this.#all) if (!highest || consumer.priority > highest.priority) highest = consumer;
    return highest;
  }

  #nextSingle(): Consumer | undefined {
    const active = this.#active;
    if (!active || active.able) return active;
    this.park(active);
    return undefined;
  }

  #band(priority: number): ConsumerRow {
    const at = this.#bands.findIndex((band) => band.priority <= priority);
    const found = this.#bands[at];
    if (found?.priority === priority) return found.ready;
    const band = { priority, ready: new ConsumerRow() };
    this.#bands.splice(at === -1 ? this.#bands.length : at, 0, band);
    return band.ready;
  }

  #hasPriority(priority: number): boolean {
    for (const consumer of this.#all) if (consumer.priority === priority) return true;
    return false;
  }
}
