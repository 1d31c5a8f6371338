import { type BodyInput, encodeBody, type Header } from '../../core/message.js';
import type { ModelContext } from '../../core/model.js';
import { KafkaError } from './errors.js';
import { requirePartition } from './log-reader.js';
import type { Partition } from './partition.js';
import { type KeylessPartitioner, murmur2, partitionOfKey, StickyPartitioner } from './partitioner.js';
import type { RecordContent, RecordHeader } from './record.js';
import type { Topic } from './topic.js';

/** A record as a native producer writes it. Values that are no text and no bytes become JSON. */
export interface ProduceInput {
  readonly key?: BodyInput;
  /** Null or nothing makes a tombstone. */
  readonly value?: BodyInput;
  /** Values that are no text and no bytes become JSON. */
  readonly headers?: Readonly<Record<string, BodyInput>> | readonly Header<BodyInput>[];
  /** Default: by the key, as Java's producer does; without a key any, another one for each call. */
  readonly partition?: number;
  /** Milliseconds since 1970. Default: the broker's clock. */
  readonly timestampMs?: number;
}

/** Where a record went. */
export interface RecordPlace {
  readonly partition: number;
  readonly offset: number;
}

/** Where a record goes, and why. */
export interface PartitionExplanation {
  /** Undefined when chance decides. */
  readonly partition: number | undefined;
  readonly reason: string;
}

const NO_HEADERS: readonly RecordHeader[] = [];
/** A record needs no more than this beside its key, value and headers. */
const RECORD_OVERHEAD_BYTES = 32;

/** Writes records without a wire between, with `acks` of all in-sync replicas. */
export class NativeProducer {
  readonly #context: ModelContext;
  readonly #keyless = new Map<string, KeylessPartitioner>();

  constructor(context: ModelContext) {
    this.#context = context;
  }

  /** @throws KafkaError NOT_ENOUGH_REPLICAS, LEADER_NOT_AVAILABLE, MESSAGE_TOO_LARGE, INVALID_RECORD */
  produce(topic: Topic, input: ProduceInput): RecordPlace {
    const record = this.#encode(input);
    const partition = this.#partitionOf(topic, record, input.partition);
    this.#check(topic, partition, record);
    const place = this.#append(topic, partition, record);
    if (record.key === null && topic.partitions.length > 1 && input.partition === undefined) {
      this.#partitionerOf(topic).batchEnded(topic.partitions.length);
    }
    return place;
  }

  /** All of them or none. */
  produceAll(topic: Topic, inputs: readonly ProduceInput[]): RecordPlace[] {
    const planned = inputs.map((input) => {
      const record = this.#encode(input);
      const partition = this.#partitionOf(topic, record, input.partition);
      this.#check(topic, partition, record);
      return { record, partition };
    });
    const places = planned.map(({ record, partition }) => this.#append(topic, partition, record));
    this.#keyless.get(topic.id)?.batchEnded(topic.partitions.length);
    return places;
  }

  /** Where a record would go, and why; nothing is written and nothing is drawn. */
  explain(topic: Topic, input: ProduceInput): PartitionExplanation {
    const { key } = this.#encode(input);
    const count = topic.partitions.length;
    if (input.partition !== undefined) return { partition: input.partition, reason: 'the record names it' };
    if (count === 1) return { partition: 0, reason: 'the topic has no other' };
    if (key === null) return { partition: undefined, reason: 'no key: any, another one for each batch' };
    const hash = murmur2(key);
    const partition = partitionOfKey(key, count);
    return { partition, reason: `murmur2 of the key is ${hash}; (${hash} & 0x7fffffff) % ${count} is ${partition}` };
  }

  #encode(input: ProduceInput): RecordContent {
    return {
      key: encodeOptional(input.key),
      value: encodeOptional(input.value),
      headers: input.headers === undefined ? NO_HEADERS : encodeHeaders(input.headers),
      timestampMs: input.timestampMs ?? this.#context.clock.now,
    };
  }

  #partitionOf(topic: Topic, record: RecordContent, asked: number | undefined): Partition {
    const count = topic.partitions.length;
    if (asked !== undefined) return requirePartition(topic.partitions[asked], topic.name, asked);
    if (count === 1) return topic.partitions[0] as Partition;
    const index =
      record.key === null
        ? this.#partitionerOf(topic).pick(count, record.value?.length ?? 0)
        : partitionOfKey(record.key, count);
    return topic.partitions[index] as Partition;
  }

  #partitionerOf(topic: Topic): KeylessPartitioner {
    let partitioner = this.#keyless.get(topic.id);
    if (!partitioner) {
      partitioner = new StickyPartitioner(this.#context.random.fork());
      this.#keyless.set(topic.id, partitioner);
    }
    return partitioner;
  }

  #check(topic: Topic, partition: Partition, record: RecordContent): void {
    const { settings, name } = topic;
    if (topic.internal) throw new KafkaError('INVALID_TOPIC_EXCEPTION', `'${name}' is an internal topic`);
    if (partition.leader < 0) {
      throw new KafkaError('LEADER_NOT_AVAILABLE', `${name}-${partition.index} has no leader; start one of its nodes`);
    }
    if (partition.isr.length < partition.minInsyncReplicas) {
      throw new KafkaError(
        'NOT_ENOUGH_REPLICAS',
        `${partition.isr.length} replicas of ${name}-${partition.index} are in sync; ${partition.minInsyncReplicas} must be`,
      );
    }
    if (settings.compacted && record.key === null) {
      throw new KafkaError('INVALID_RECORD', `topic '${name}' is compacted; give the record a key`);
    }
    const bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0) + RECORD_OVERHEAD_BYTES;
    if (bytes > settings.maxMessageBytes) {
      throw new KafkaError(
        'MESSAGE_TOO_LARGE',
        `a record of ${bytes} bytes; max.message.bytes of topic '${name}' is ${settings.maxMessageBytes}`,
      );
    }
    partition.checkRoom(bytes, 1);
  }

  #append(topic: Topic, partition: Partition, record: RecordContent): RecordPlace {
    const offset = partition.appendRecord(record);
    if (this.#context.journal.on) {
      this.#context.journal.record('kafka', 'published', {
        to: topic.name,
        partition: partition.index,
        offset,
        bytes: record.value?.length ?? 0,
      });
    }
    return { partition: partition.index, offset };
  }
}

function encodeOptional(input: BodyInput | undefined): Uint8Array | null {
  if (input === undefined || input === null) return null;
  // Bytes are copied into the batch before the call returns: that copy is enough.
  return input instanceof Uint8Array ? input : encodeBody(input);
}

function encodeHeaders(headers: NonNullable<ProduceInput['headers']>): RecordHeader[] {
  const entries = Array.isArray(headers) ? (headers as readonly Header<BodyInput>[]) : Object.entries(headers);
  return entries.map(([name, value]) => [name, encodeOptional(value)]);
}
