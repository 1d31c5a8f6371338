/**
 * Consumer groups: who has been given which entry of a stream and has not acknowledged it yet.
 *
 * Every pending entry stands in the list of the group and in that of exactly one consumer; both hold the same object.
 */
import { SortedIdMap } from './sorted-id-map.js';
import { formatStreamId, MIN_STREAM_ID, parseStreamId, type StreamId } from './stream-id.js';

/** An entry that was delivered and not acknowledged. */
export interface PendingEntry {
  consumer: Consumer;
  deliveredMs: number;
  deliveryCount: number;
}

export class Consumer {
  readonly name: string;
  readonly pending = new SortedIdMap<PendingEntry>();
  /** When it last asked for something. */
  seenMs: number;
  /** When it last got something; undefined before. */
  activeMs: number | undefined;

  constructor(name: string, nowMs: number) {
    this.name = name;
    this.seenMs = nowMs;
  }
}

export class ConsumerGroup {
  readonly name: string;
  readonly pending = new SortedIdMap<PendingEntry>();
  readonly consumers = new Map<string, Consumer>();
  /** The last entry that was delivered to anybody. */
  lastId: StreamId;
  /** How many entries of the stream's whole life lie up to `lastId`; undefined when that is not known. */
  entriesRead: number | undefined;

  constructor(name: string, lastId: StreamId, entriesRead: number | undefined) {
    this.name = name;
    this.lastId = lastId;
    this.entriesRead = entriesRead;
  }

  static load(saved: SavedGroup): ConsumerGroup {
    const group = new ConsumerGroup(saved.name, parseStreamId(saved.lastId), saved.entriesRead ?? undefined);
    for (const [name, seenMs, activeMs, pending] of saved.consumers) {
      const consumer = new Consumer(name, seenMs);
      consumer.activeMs = activeMs ?? undefined;
      group.consumers.set(name, consumer);
      for (const [id, deliveredMs, deliveryCount] of pending) {
        group.assign(parseStreamId(id), consumer, deliveredMs, deliveryCount);
      }
    }
    return group;
  }

  /** Consumers in the order of their names, as Redis lists them. */
  sortedConsumers(): Consumer[] {
    return [...this.consumers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Makes an entry pending for a consumer, taking it from whoever had it. */
  assign(id: StreamId, consumer: Consumer, deliveredMs: number, deliveryCount: number): void {
    const present = this.pending.get(id);
    if (!present) {
      const made: PendingEntry = { consumer, deliveredMs, deliveryCount };
      this.pending.set(id, made);
      consumer.pending.set(id, made);
      return;
    }
    if (present.consumer !== consumer) {
      present.consumer.pending.delete(id);
      consumer.pending.set(id, present);
      present.consumer = consumer;
    }
    present.deliveredMs = deliveredMs;
    present.deliveryCount = deliveryCount;
  }

  /** Removes a pending entry; false when there is none. */
  acknowledge(id: StreamId): boolean {
    const present = this.pending.get(id);
    if (!present) return false;
    present.consumer.pending.delete(id);
    return this.pending.delete(id);
  }

  /** Removes a consumer with its pending entries. @returns how many those were; undefined without such a consumer */
  removeConsumer(name: string): number | undefined {
    const consumer = this.consumers.get(name);
    if (!consumer) return undefined;
    const count = consumer.pending.size;
    for (const [id] of consumer.pending.from(MIN_STREAM_ID)) this.pending.delete(id);
    this.consumers.delete(name);
    return count;
  }

  save(): SavedGroup {
    return {
      name: this.name,
      lastId: formatStreamId(this.lastId),
      entriesRead: this.entriesRead ?? null,
      consumers: [...this.consumers.values()].map((consumer) => [
        consumer.name,
        consumer.seenMs,
        consumer.activeMs ?? null,
        [...consumer.pending.from(MIN_STREAM_ID)].map(
          ([id, entry]) => [formatStreamId(id), entry.deliveredMs, entry.deliveryCount] as const,
        ),
      ]),
    };
  }
}

export interface SavedGroup {
  readonly name: string;
  readonly lastId: string;
  readonly entriesRead: number | null;
  readonly consumers: ReadonlyArray<
    readonly [
      name: string,
      seenMs: number,
      activeMs: number | null,
      pending: ReadonlyArray<readonly [id: string, deliveredMs: number, deliveryCount: number]>,
    ]
  >;
}
