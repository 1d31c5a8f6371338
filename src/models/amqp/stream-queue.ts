import type { Consumer } from './consumer.js';
import type { Envelope } from './envelope.js';
import { erlangBinary, erlangFormat, erlangTuple } from './erlang-term.js';
import { crashed, preconditionFailed } from './errors.js';
import {
  EMPTY_TABLE,
  type FieldTable,
  type FieldValue,
  integerOf,
  isTable,
  longField,
  TypedField,
} from './field-table.js';
import { type BasicProperties, withHeaders, withProperties } from './properties.js';
import { Queue, type QueueType } from './queue.js';
import { maxAgeMs, readAge } from './queue-arguments.js';

const DEFAULT_SEGMENT_BYTES = 500_000_000;

/** A stretch of the log; retention removes whole ones. */
interface Segment {
  readonly firstOffset: number;
  bytes: number;
  lastAtMs: number;
}

/**
 * An append-only log: consumers read it each at their own offset, acks only give credit, nothing is removed but by
 * retention.
 *
 * @see https://www.rabbitmq.com/docs/streams
 */
export class StreamQueue extends Queue {
  readonly type: QueueType = 'stream';
  #log: Envelope[] = [];
  #arrivedMs: number[] = [];
  /** Offset of the first message that is kept. */
  #base = 0;
  #bytes = 0;
  #segments: Segment[] = [];
  /** By tag, the last first: in that order they hear of what comes. */
  #next = new Map<Consumer, number>();
  #dispatching = false;

  get readyCount(): number {
    return this.#log.length;
  }

  get readyBytes(): number {
    return this.#bytes;
  }

  /** It does not tell how many read it. */
  override get consumerCount(): number {
    return 0;
  }

  /** Offset of the next message. */
  get endOffset(): number {
    return this.#base + this.#log.length;
  }

  override get messageCount(): number {
    return this.#log.length;
  }

  ready(): Iterable<Envelope> {
    return this.#log;
  }

  /** Messages with when they came, oldest first. */
  *entries(): Iterable<readonly [envelope: Envelope, arrivedMs: number]> {
    for (const [i, envelope] of this.#log.entries()) yield [envelope, this.#arrivedMs[i] as number];
  }

  /** Puts back what a snapshot kept. */
  load(base: number, entries: ReadonlyArray<readonly [envelope: Envelope, arrivedMs: number]>): void {
    this.#base = base;
    for (const [envelope, arrivedMs] of entries) this.#append(envelope, arrivedMs);
  }

  get firstOffset(): number {
    return this.#base;
  }

  enqueue(envelope: Envelope, shared: boolean): boolean {
    this.#append(shared ? envelope.copy() : envelope, this.host.context.clock.now);
    this.#retain();
    this.dispatch();
    return true;
  }

  /** RabbitMQ 3 has no way to write a decimal. @throws AmqpError INTERNAL_ERROR */
  checkHeaders({ properties: { headers } }: Envelope): void {
    if (this.host.version !== '3' || !headers) return;
    for (const value of headers.values()) if (value instanceof TypedField && value.tag === 'D') throw crashed();
  }

  #append(envelope: Envelope, arrivedMs: number): void {
    envelope.position = this.endOffset;
    const bytes = envelope.body.length;
    const { segmentBytes: asked } = this.settings;
    const segmentBytes = asked === Infinity ? DEFAULT_SEGMENT_BYTES : asked;
    let segment = this.#segments.at(-1);
    if (!segment || segment.bytes + bytes > segmentBytes) {
      segment = { firstOffset: envelope.position, bytes: 0, lastAtMs: arrivedMs };
      this.#segments.push(segment);
    }
    segment.bytes += bytes;
    segment.lastAtMs = arrivedMs;
    this.#log.push(envelope);
    this.#arrivedMs.push(arrivedMs);
    this.#bytes += bytes;
  }

  /** Drops whole segments, oldest first, that are too old or too many; never the one that is written. */
  #retain(): void {
    const { maxAge } = this.settings;
    const ageMs = (maxAge === undefined ? undefined : maxAgeMs(maxAge)) ?? Infinity;
    const oldest = this.host.context.clock.now - ageMs;
    while (this.#segments.length > 1) {
      const [first, second] = this.#segments as [Segment, Segment];
      if (this.#bytes <= this.settings.maxLengthBytes && first.lastAtMs >= oldest) return;
      const count = second.firstOffset - this.#base;
      this.#log.splice(0, count);
      this.#arrivedMs.splice(0, count);
      this.#base = second.firstOffset;
      this.#bytes -= first.bytes;
      this.#segments.shift();
    }
  }

  override addConsumer(consumer: Consumer): void {
    this.#next.set(consumer, this.#startOffset(consumer.arguments.get('x-stream-offset')));
    this.#next = new Map([...this.#next].sort(([a], [b]) => Number(a.tag < b.tag) - Number(a.tag > b.tag)));
    super.addConsumer(consumer);
  }

  override removeConsumer(consumer: Consumer): void {
    this.#next.delete(consumer);
    super.removeConsumer(consumer);
  }

  dispatch(): void {
    if (this.#dispatching || !this.available) return;
    this.#dispatching = true;
    for (const [consumer, start] of this.#next) {
      let offset = Math.max(start, this.#base);
      while (offset < this.endOffset && consumer.able) {
        const envelope = this.#log[offset - this.#base] as Envelope;
        this.unackedCount++;
        offset++;
        consumer.deliver(envelope);
      }
      this.#next.set(consumer, offset);
      if (offset < this.endOffset) this.consumers.park(consumer);
    }
    this.#dispatching = false;
  }

  /** RabbitMQ 3 writes messages in a form that has no place for lists and tables in headers, nor for a cluster. */
  override propertiesOf(envelope: Envelope): BasicProperties {
    const { properties } = envelope;
    const all = properties.headers ?? EMPTY_TABLE;
    const headers = this.host.version === '3' ? asWritten(all) : all;
    const sent = withHeaders(properties, new Map(headers).set('x-stream-offset', longField(envelope.position)));
    return this.host.version === '3' ? withProperties(sent, { clusterId: undefined }) : sent;
  }

  take(): undefined {
    return undefined;
  }

  /** Streams cannot be purged; this is what their deletion does. */
  purge(): number {
    const count = this.#log.length;
    this.#base = this.endOffset;
    this.#log = [];
    this.#arrivedMs = [];
    this.#segments = [];
    this.#bytes = 0;
    return count;
  }

  ack(): void {
    this.unackedCount--;
  }

  requeue(): void {
    this.unackedCount--;
  }

  reject(): void {
    this.unackedCount--;
  }

  afterReturn(): void {
    this.dispatch();
  }

  /** @throws AmqpError PRECONDITION_FAILED, INTERNAL_ERROR for an offset that is none */
  checkOffset(spec: FieldValue | undefined): void {
    this.#startOffset(spec);
  }

  #startOffset(spec: FieldValue | undefined): number {
    const word = wordOf(spec);
    if (spec === undefined || word === 'next') return this.endOffset;
    if (word === 'first') return this.#base;
    if (word === 'last') return Math.max(this.#base, this.endOffset - 1);
    const offset = integerOf(spec);
    if (offset !== undefined) return Math.max(this.#base, offset);
    if (spec instanceof TypedField && spec.tag === 'T') return this.#offsetAt(Number(spec.value) * 1000);
    if (typeof spec !== 'string') throw crashed();
    const ageMs = readAge(spec);
    if (ageMs !== undefined) return this.#offsetAt(this.host.context.clock.now - ageMs);
    const where = `invalid arg 'x-stream-offset' for queue '${this.name}' in vhost '${this.host.name}'`;
    const what = erlangFormat`${erlangTuple('invalid_stream_offset_arg', erlangTuple('longstr', erlangBinary(spec)))}`;
    throw preconditionFailed(`${where}: ${what}`);
  }

  /** The first message that came at this instant or later. */
  #offsetAt(atMs: number): number {
    const index = this.#arrivedMs.findIndex((arrivedMs) => arrivedMs >= atMs);
    return index === -1 ? this.endOffset : this.#base + index;
  }
}

/** A text, as bytes too. */
function wordOf(spec: FieldValue | undefined): string | undefined {
  if (typeof spec === 'string') return spec;
  const bytes = spec instanceof TypedField && spec.value instanceof Uint8Array ? spec.value : undefined;
  return bytes && new TextDecoder().decode(bytes);
}

/** Headers as RabbitMQ 3 has them back from a stream. */
function asWritten(headers: FieldTable): FieldTable {
  const plain = [...headers].filter(([, value]) => !Array.isArray(value) && !isTable(value));
  const isLong = (value: FieldValue) => value instanceof TypedField && value.tag === 'L';
  return new Map(
    plain.map(([key, value]) => [key, isLong(value) ? new TypedField('l', (value as TypedField).value) : value]),
  );
}
