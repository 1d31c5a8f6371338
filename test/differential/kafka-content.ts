/** What stands in a program for what only a run knows: ids, epochs, batches of records, and who remembers them. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encodeSubscription } from '../../src/models/kafka/consumer-protocol.js';
import { crc32c } from '../../src/models/kafka/crc32c.js';
import { RecordBatch } from '../../src/models/kafka/record-batch.js';
import { NO_UUID } from '../../src/wire/kafka/reader.js';
import { Numbering } from './kafka-numbering.js';

/** A batch of records as data. */
export interface BatchPlan {
  readonly $: 'batch';
  readonly records: ReadonlyArray<{
    readonly key: string | null;
    readonly value: string | null;
    readonly timestamp: number;
    readonly headers?: ReadonlyArray<readonly [string, string | null]>;
  }>;
  readonly gzip?: boolean;
  /** Whose producer id and epoch: that of a connection. */
  readonly producer?: number;
  readonly epochPlus?: number;
  /** Relative to the sequence that comes next. */
  readonly sequencePlus?: number;
  readonly sequence?: number;
  readonly transactional?: boolean;
  readonly topic: string;
  readonly partition: number;
  readonly damage?: Damage;
  readonly twice?: boolean;
}

/** What is wrong with a batch. The checksum is right but for `crc`. */
export type Damage =
  | 'crc'
  | 'magic0'
  | 'magic1'
  | 'magic3'
  | 'short'
  | 'long'
  | 'length+'
  | 'length-'
  | 'count+'
  | 'count-'
  | 'count0'
  | 'delta+'
  | 'offset'
  | 'control'
  | 'appendTime'
  | 'codec'
  | 'garbage'
  | 'tiny';

type Place =
  /** The id that a topic of this name has, or the one that the first of them had. */
  | { readonly $: 'topicId'; readonly topic: string; readonly first?: boolean }
  | { readonly $: 'time'; readonly plus: number }
  | { readonly $: 'bytes'; readonly text: string }
  | { readonly $: 'subscription'; readonly topics: readonly string[] }
  | { readonly $: 'assignments' }
  | { readonly $: 'owned'; readonly connection: number }
  | { readonly $: 'remember'; readonly what: Remembered; readonly connection: number; readonly plus?: number }
  | BatchPlan;

/** What a connection remembers of its answers. */
export type Remembered =
  | 'memberId'
  | 'generation'
  | 'modernId'
  | 'modernEpoch'
  | 'producerId'
  | 'producerEpoch'
  | 'fetchSession'
  | 'fetchEpoch';

const NOTHING: Record<Remembered, string | number> = {
  memberId: '',
  generation: -1,
  modernId: '',
  modernEpoch: 0,
  producerId: -1,
  producerEpoch: -1,
  fetchSession: 0,
  fetchEpoch: -1,
};

/** What one run knows of one broker. */
export class Memory {
  readonly prefix: string;
  readonly lane: number;
  /** The moment that times of programs count from. */
  readonly baseMs: number;
  readonly numbering = new Numbering();
  readonly topicIds = new Map<string, string>();
  readonly #firstIds = new Map<string, string>();
  readonly #remembered = new Map<string, string | number>();
  readonly #members = new Map<number, ReadonlyArray<{ readonly memberId: string }>>();
  readonly #owned = new Map<number, unknown>();
  readonly #sequences = new Map<string, number>();

  /** @param lane of the runner, which has users of its own */
  constructor(prefix: string, lane: number, baseMs: number) {
    this.prefix = prefix;
    this.lane = lane;
    this.baseMs = baseMs;
  }

  /** A body with everything put in. */
  resolve(value: unknown, connection: number): any {
    if (typeof value === 'string') return value.replaceAll('~', this.prefix).replaceAll('@', String(this.lane));
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, connection));
    if (value === null || typeof value !== 'object') return value;
    if ('$' in value) return this.#place(value as Place, connection);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item, connection)]));
  }

  recall(what: Remembered, connection: number): string | number {
    return this.#remembered.get(`${what} ${connection}`) ?? NOTHING[what];
  }

  remember(what: Remembered, connection: number, value: string | number): void {
    this.#remembered.set(`${what} ${connection}`, value);
  }

  /** Keeps what later requests need. */
  learn(api: string, connection: number, request: any, answer: any): void {
    learnTopicIds(answer, this.topicIds);
    for (const [name, id] of this.topicIds) if (!this.#firstIds.has(name)) this.#firstIds.set(name, id);
    switch (api) {
      case 'JoinGroup':
        if (answer.memberId !== '') this.remember('memberId', connection, answer.memberId);
        if (answer.errorCode === 'NONE') {
          this.remember('generation', connection, answer.generationId);
          this.#members.set(connection, answer.members);
        }
        break;
      case 'ConsumerGroupHeartbeat':
        if (answer.errorCode !== 'NONE') break;
        this.remember('modernId', connection, answer.memberId);
        this.remember('modernEpoch', connection, answer.memberEpoch);
        if (answer.assignment) this.#owned.set(connection, answer.assignment.topicPartitions);
        break;
      case 'InitProducerId':
        if (answer.errorCode !== 'NONE') break;
        this.remember('producerId', connection, answer.producerId);
        this.remember('producerEpoch', connection, answer.producerEpoch);
        break;
      case 'Fetch':
        if (answer.errorCode !== 'NONE') break;
        if (answer.sessionId !== this.recall('fetchSession', connection) || request.sessionEpoch <= 0) {
          this.remember('fetchSession', connection, answer.sessionId);
          this.remember('fetchEpoch', connection, answer.sessionId === 0 ? -1 : 1);
        } else this.remember('fetchEpoch', connection, request.sessionEpoch + 1);
        break;
      case 'Produce':
        this.#learnSequences(request, answer);
        break;
    }
  }

  #learnSequences(request: any, answer: any): void {
    for (const { name, partitionData } of request.topicData) {
      for (const { index, records } of partitionData) {
        const result = answer.responses
          .find((topic: any) => topic.name === name)
          ?.partitionResponses.find((each: any) => each.index === index);
        if (result?.errorCode !== 'NONE' || !records || records.length < 61) continue;
        const bytes = Buffer.from(records);
        const id = Number(bytes.readBigInt64BE(43));
        const next = bytes.readInt32BE(53) + bytes.readInt32BE(23) + 1;
        this.#sequences.set(`${id} ${bytes.readInt16BE(51)} ${name} ${index}`, inRange(next));
      }
    }
  }

  #place(place: Place, connection: number): unknown {
    switch (place.$) {
      case 'topicId':
        return this.#topicId(this.resolve(place.topic, connection), place.first) ?? unknownId(place.topic);
      case 'time':
        return this.baseMs + place.plus;
      case 'bytes':
        return Buffer.from(place.text);
      case 'subscription':
        return encodeSubscription({ topics: this.resolve(place.topics, connection) });
      case 'assignments':
        return (this.#members.get(connection) ?? []).map(({ memberId }) => ({
          memberId,
          assignment: Buffer.from(`part of ${this.numbering.known('memberId', memberId)}`),
        }));
      case 'owned':
        return this.#owned.get(place.connection) ?? [];
      case 'remember': {
        const value = this.recall(place.what, place.connection);
        return typeof value === 'number' ? value + (place.plus ?? 0) : value;
      }
      case 'batch':
        return this.#batch(place, connection);
      default:
        return place satisfies never;
    }
  }

  #topicId(name: string, first = false): string | undefined {
    return (first ? this.#firstIds : this.topicIds).get(name);
  }

  #batch(plan: BatchPlan, connection: number): Uint8Array {
    const contents = plan.records.map(({ key, value, timestamp, headers }) => ({
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      headers: (headers ?? []).map(([name, text]) => [name, text === null ? null : Buffer.from(text)] as const),
      timestampMs: timestamp < 0 ? timestamp : this.baseMs + timestamp,
    }));
    const producer = plan.producer === undefined ? undefined : this.#producer(plan, plan.producer, connection);
    const sealed = Buffer.from(RecordBatch.of(contents, producer).bytes);
    const bytes = damaged(plan.gzip ? compressed(sealed) : sealed, plan.damage);
    return plan.twice ? Buffer.concat([bytes, bytes]) : bytes;
  }

  #producer(plan: BatchPlan, from: number, connection: number) {
    const id = this.recall('producerId', from) as number;
    const epoch = (this.recall('producerEpoch', from) as number) + (plan.epochPlus ?? 0);
    const topic = this.resolve(plan.topic, connection);
    const next = this.#sequences.get(`${id} ${epoch} ${topic} ${plan.partition}`) ?? 0;
    const baseSequence = inRange(plan.sequence ?? next + (plan.sequencePlus ?? 0));
    return { id, epoch, baseSequence, transactional: plan.transactional ?? false };
  }
}

/** Behind the largest sequence 0 comes again. */
const inRange = (sequence: number) => (sequence > 0x7fffffff ? sequence - 0x80000000 : sequence);

function learnTopicIds(value: unknown, into: Map<string, string>): void {
  if (Array.isArray(value)) for (const item of value) learnTopicIds(item, into);
  else if (value !== null && typeof value === 'object' && !(value instanceof Uint8Array)) {
    const { topicId, name } = value as { topicId?: string; name?: string };
    if (topicId && topicId !== NO_UUID && typeof name === 'string') into.set(name, topicId);
    for (const item of Object.values(value)) learnTopicIds(item, into);
  }
}

/** The same for the same name, and no topic's. */
function unknownId(topic: string): string {
  const hex = createHash('md5').update(topic).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const HEADER_BYTES = 61;

function compressed(batch: Buffer): Buffer {
  const whole = Buffer.concat([batch.subarray(0, HEADER_BYTES), gzipSync(batch.subarray(HEADER_BYTES))]);
  whole.writeInt32BE(whole.length - 12, 8);
  whole.writeInt16BE(whole.readInt16BE(21) | 1, 21);
  return sealed(whole);
}

function sealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch.subarray(21)) >>> 0, 17);
  return batch;
}

function damaged(batch: Buffer, damage: Damage | undefined): Buffer {
  const change = (write: () => void) => {
    write();
    return sealed(batch);
  };
  switch (damage) {
    case undefined:
      return batch;
    case 'crc':
      batch.writeUInt32BE((batch.readUInt32BE(17) ^ 1) >>> 0, 17);
      return batch;
    case 'magic0':
    case 'magic1':
    case 'magic3':
      batch[16] = Number(damage.at(-1));
      return batch;
    case 'short':
      return batch.subarray(0, batch.length - 3);
    case 'long':
      return Buffer.concat([batch, Buffer.alloc(5)]);
    case 'length+':
      batch.writeInt32BE(batch.readInt32BE(8) + 7, 8);
      return batch;
    case 'length-':
      batch.writeInt32BE(batch.readInt32BE(8) - 7, 8);
      return batch;
    case 'count+':
      return change(() => batch.writeInt32BE(batch.readInt32BE(57) + 1, 57));
    case 'count-':
      return change(() => batch.writeInt32BE(batch.readInt32BE(57) - 1, 57));
    case 'count0':
      return change(() => {
        batch.writeInt32BE(0, 57);
        batch.writeInt32BE(-1, 23);
      });
    case 'delta+':
      return change(() => batch.writeInt32BE(batch.readInt32BE(23) + 1, 23));
    case 'offset':
      batch.writeBigInt64BE(7n, 0);
      return batch;
    case 'control':
      return change(() => batch.writeInt16BE(batch.readInt16BE(21) | 0x20, 21));
    case 'appendTime':
      return change(() => batch.writeInt16BE(batch.readInt16BE(21) | 0x08, 21));
    case 'codec':
      return change(() => batch.writeInt16BE((batch.readInt16BE(21) & ~7) | 6, 21));
    case 'garbage':
      return change(() => batch.fill(0xee, HEADER_BYTES));
    case 'tiny':
      return batch.subarray(0, 9);
    default:
      return damage satisfies never;
  }
}
