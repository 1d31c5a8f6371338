/** `message_stats`: what happened to messages, and how fast. */
import type { Clock } from '../../../core/clock.js';
import type { Exchange, MessageCounts, Queue } from '../../../models/amqp/index.js';

type Counts = Readonly<Record<string, number>>;

interface Sample {
  readonly atMs: number;
  readonly counts: Counts;
}

/** RabbitMQ looks that often. */
const INTERVAL_MS = 5000;

/**
 * How fast counts grow: since they were asked for before, five seconds ago at least. Nothing is sampled while nobody
 * asks.
 */
export class RateMeter {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #samples = new WeakMap<object, { readonly older: Sample; readonly newer: Sample }>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.now;
  }

  /**
   * @param owner whose counts they are
   * @returns the counts, each with its `_details`: the rate a second
   */
  rated(owner: object, counts: Counts): Record<string, unknown> {
    const atMs = this.#clock.now;
    const first: Sample = { atMs: this.#startMs, counts: {} };
    let { older, newer } = this.#samples.get(owner) ?? { older: first, newer: first };
    if (atMs - newer.atMs >= INTERVAL_MS) {
      [older, newer] = [newer, { atMs, counts }];
      this.#samples.set(owner, { older, newer });
    }
    const seconds = Math.max(INTERVAL_MS, atMs - older.atMs) / 1000;
    return Object.fromEntries(
      Object.entries(counts).flatMap(([name, count]) => [
        [name, count],
        [`${name}_details`, { rate: (count - (older.counts[name] ?? 0)) / seconds }],
      ]),
    );
  }
}

/** Counts appear in groups, once something of a group has happened. */
const isAny = (counts: Counts): boolean => Object.values(counts).some((count) => count > 0);

function ofDeliveries(counts: MessageCounts): Counts {
  return {
    deliver: counts.deliver,
    deliver_no_ack: counts.deliverNoAck,
    get: counts.get,
    get_no_ack: counts.getNoAck,
    get_empty: counts.getEmpty,
    deliver_get: counts.deliverGet,
    redeliver: counts.redeliver,
    ack: counts.ack,
  };
}

function ofPublishes(counts: MessageCounts): Counts {
  return {
    publish: counts.publish,
    confirm: counts.confirm,
    return_unroutable: counts.returnUnroutable,
    drop_unroutable: counts.dropUnroutable,
  };
}

function stats(meter: RateMeter, owner: object, groups: readonly Counts[]): Record<string, unknown> {
  const counts: Counts = Object.assign({}, ...groups.filter(isAny));
  return Object.keys(counts).length === 0 ? {} : { message_stats: meter.rated(owner, counts) };
}

/** Of a channel or a virtual host; nothing before the first message. */
export function messageStats(meter: RateMeter, counts: MessageCounts): Record<string, unknown> {
  return stats(meter, counts, [ofPublishes(counts), ofDeliveries(counts)]);
}

/** Of a queue, which knows of no confirms. */
export function queueMessageStats(meter: RateMeter, counts: MessageCounts): Record<string, unknown> {
  return stats(meter, counts, [{ publish: counts.publish }, ofDeliveries(counts)]);
}

/** Of everything. */
export function totalMessageStats(meter: RateMeter, all: readonly MessageCounts[]): Record<string, unknown> {
  const sum = (groups: readonly Counts[]): Counts => {
    const total: Record<string, number> = {};
    for (const group of groups)
      for (const [name, count] of Object.entries(group)) total[name] = (total[name] ?? 0) + count;
    return total;
  };
  return stats(meter, meter, [sum(all.map(ofPublishes)), sum(all.map(ofDeliveries))]);
}

/** Of an exchange: what came in, and the copies that went to queues. */
export function exchangeMessageStats(meter: RateMeter, exchange: Exchange): Record<string, unknown> {
  return stats(meter, exchange, [{ publish_in: exchange.publishedCount }, { publish_out: exchange.routedCount }]);
}

/** Messages of queues, ready and not. */
export function totals(queues: Iterable<Queue>): Counts {
  let [ready, unacked] = [0, 0];
  for (const { readyCount, unackedCount } of queues) {
    ready += readyCount;
    unacked += unackedCount;
  }
  return { messages: ready + unacked, messages_ready: ready, messages_unacknowledged: unacked };
}
