import type { AmqpChannel } from './channel.js';
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
  /** Set aside by its queue, which found it unable to take more. */
  parked = false;
  /** False once it was cancelled, or its channel or queue has gone. */
  alive = true;

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

  /** Whether it may get one more. */
  get able(): boolean {
    const channel = this.channel;
    if (channel.paused) return false;
    if (!this.noAck && this.prefetch > 0 && this.unackedCount >= this.prefetch) return false;
    // The limit of the channel also stops consumers that do not ack.
    return !channel.deliveries.full;
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
  readonly #bands: Array<{ readonly priority: number; readonly ready: Consumer[] }> = [];
  /** Only one is served at a time. */
  readonly #single: boolean;
  #active: Consumer | undefined;

  constructor(single: boolean) {
    this.#single = single;
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
    if (this.#single) this.#active ??= consumer;
    else this.#band(consumer.priority).push(consumer);
  }

  remove(consumer: Consumer): void {
    if (!this.#all.delete(consumer)) return;
    if (this.#single) {
      if (this.#active === consumer) this.#active = this.#highest();
      return;
    }
    const index = this.#bands.findIndex((band) => band.priority === consumer.priority);
    const ready = this.#bands[index]?.ready;
    const at = ready?.indexOf(consumer) ?? -1;
    if (at !== -1) ready?.splice(at, 1);
    if (ready?.length === 0 && !this.#hasPriority(consumer.priority)) this.#bands.splice(index, 1);
  }

  clear(): void {
    this.#all.clear();
    this.#bands.length = 0;
    this.#active = undefined;
  }

  /** A parked consumer may be able again: it joins the end of its band. */
  unpark(consumer: Consumer): void {
    if (!consumer.parked) return;
    consumer.parked = false;
    if (!this.#single) this.#band(consumer.priority).push(consumer);
  }

  /** Sets a consumer aside until it has credit again. */
  park(consumer: Consumer): void {
    if (!consumer.parked) park(consumer);
  }

  /** The consumer whose turn it is; those that cannot take more are set aside. */
  next(): Consumer | undefined {
    if (this.#single) return this.#nextSingle();
    for (const { ready } of this.#bands) {
      for (let consumer = ready[0]; consumer; consumer = ready[0]) {
        if (consumer.able) {
          if (ready.length > 1) {
            ready.shift();
            ready.push(consumer);
          }
          return consumer;
        }
        ready.shift();
        park(consumer);
      }
    }
    return undefined;
  }

  /** Of those with the highest priority, the one that subscribed first. */
  #highest(): Consumer | undefined {
    let highest: Consumer | undefined;
    for (const consumer of this.#all) if (!highest || consumer.priority > highest.priority) highest = consumer;
    return highest;
  }

  #nextSingle(): Consumer | undefined {
    const active = this.#active;
    if (!active || active.able) return active;
    if (!active.parked) park(active);
    return undefined;
  }

  #band(priority: number): Consumer[] {
    const at = this.#bands.findIndex((band) => band.priority <= priority);
    const found = this.#bands[at];
    if (found?.priority === priority) return found.ready;
    const band = { priority, ready: [] };
    this.#bands.splice(at === -1 ? this.#bands.length : at, 0, band);
    return band.ready;
  }

  #hasPriority(priority: number): boolean {
    for (const consumer of this.#all) if (consumer.priority === priority) return true;
    return false;
  }
}

function park(consumer: Consumer): void {
  consumer.parked = true;
  consumer.channel.deliveries.parked.add(consumer);
}
