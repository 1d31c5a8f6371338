/** A Kafka model without a door, on a virtual clock. */
import { VirtualClock } from '../../src/core/clock.js';
import { Journal } from '../../src/core/journal.js';
import { type Limits, TEST_LIMITS } from '../../src/core/limits.js';
import type { ModelContext } from '../../src/core/model.js';
import { Outbox } from '../../src/core/outbox.js';
import { Random } from '../../src/core/random.js';
import {
  type FetchPartition,
  type FetchRequest,
  type FetchResult,
  KafkaBroker,
  type KafkaOptions,
  type ProduceResult,
} from '../../src/models/kafka/index.js';
import { RecordBatch } from '../../src/models/kafka/record-batch.js';

export interface KafkaModel {
  readonly broker: KafkaBroker;
  readonly clock: VirtualClock;
  readonly context: ModelContext;
  readonly errors: unknown[];
}

export function kafkaModel(options: KafkaOptions = {}, limits: Partial<Limits> = {}): KafkaModel {
  const errors: unknown[] = [];
  const reportError = (error: unknown) => void errors.push(error);
  const all = { ...TEST_LIMITS, ...limits };
  const clock = new VirtualClock({ limits: all });
  const context: ModelContext = {
    clock,
    random: new Random(1),
    outbox: new Outbox(reportError),
    journal: new Journal(clock, 100, false),
    limits: all,
    reportError,
  };
  return { broker: new KafkaBroker(context, { nodes: 1, ...options }), clock, context, errors };
}

interface TestRecord {
  readonly key?: string | null;
  readonly value?: string | null;
  readonly headers?: ReadonlyArray<readonly [string, string | null]>;
  readonly timestampMs?: number;
}

const bytesOf = (text: string | null | undefined) => (text === null || text === undefined ? null : Buffer.from(text));

/** The bytes of a batch as a producer sends them. */
export function batchBytes(
  records: readonly TestRecord[],
  producer?: { id: number; epoch: number; baseSequence: number; transactional?: boolean },
): Uint8Array {
  const contents = records.map((record) => ({
    key: bytesOf(record.key),
    value: bytesOf(record.value),
    headers: (record.headers ?? []).map(([name, value]) => [name, bytesOf(value)] as const),
    timestampMs: record.timestampMs ?? 1_700_000_000_000,
  }));
  return RecordBatch.of(contents, producer && { transactional: false, ...producer }).bytes;
}

interface ProduceOptions {
  readonly index?: number;
  readonly nodeId?: number;
  readonly acks?: number;
  readonly timeoutMs?: number;
  readonly clientId?: string;
  readonly transactionalId?: string | null;
  readonly zstdAllowed?: boolean;
}

/** Sends one batch and gives the result, which must be there at once. */
export function produceBatch(
  broker: KafkaBroker,
  topic: string,
  records: Uint8Array | null,
  options: ProduceOptions = {},
): ProduceResult {
  let result: ProduceResult | undefined;
  startProduce(broker, topic, records, options, (given) => {
    result = given;
  });
  if (!result) throw new Error('the produce request waits');
  return result;
}

/** Sends one batch; the result comes when it is decided. */
export function startProduce(
  broker: KafkaBroker,
  topic: string,
  records: Uint8Array | null,
  options: ProduceOptions,
  answer: (result: ProduceResult) => void,
): (() => void) | undefined {
  const { index = 0, ...rest } = options;
  const request = {
    nodeId: 1,
    acks: -1,
    timeoutMs: 1_000,
    transactionalId: null,
    clientId: 'test',
    zstdAllowed: true,
    knowsAbortable: false,
    ...rest,
    partitions: [{ topic, index, records }],
  };
  return broker.produceService.produce(request, ([result]) => answer(result as ProduceResult));
}

interface FetchOptions extends Partial<Omit<FetchRequest, 'partitions'>>, Partial<FetchPartition> {}

/** Asks for one partition; the result comes when there is enough, or the time is over. */
export function startFetch(
  broker: KafkaBroker,
  topic: string,
  options: FetchOptions,
  answer: (result: FetchResult) => void,
): (() => void) | undefined {
  const { nodeId = 1, mayFollow = false, rack = '', maxWaitMs = 0, ...rest } = options;
  const { minBytes = 1, maxBytes = 1_000_000, committed = false, ...partition } = rest;
  const asked = {
    topic,
    topicId: undefined,
    index: 0,
    offset: 0,
    maxBytes: 1_000_000,
    leaderEpoch: -1,
    lastFetchedEpoch: -1,
    ...partition,
  };
  const request = { nodeId, mayFollow, rack, maxWaitMs, minBytes, maxBytes, committed, partitions: [asked] };
  return broker.fetchService.fetch(request, ([result]) => answer(result as FetchResult));
}

/** What is there of one partition now. */
export function fetchNow(broker: KafkaBroker, topic: string, options: FetchOptions = {}): FetchResult {
  let result: FetchResult | undefined;
  startFetch(broker, topic, options, (given) => {
    result = given;
  });
  if (!result) throw new Error('the fetch request waits');
  return result;
}

/** What fetches give, one after the other up to the end: none reads more than one segment. */
export function readOn(broker: KafkaBroker, topic: string, offset = 0): ReturnType<typeof recordsOf> {
  const records: ReturnType<typeof recordsOf> = [];
  for (let next: number | undefined = offset; next !== undefined; ) {
    const result = fetchNow(broker, topic, { offset: next });
    records.push(...recordsOf(result));
    next = result.batches.at(-1)?.endOffset;
  }
  return records;
}

/** Offset, key and value of every record that a fetch gave, those of whole batches included. */
export function recordsOf(
  result: FetchResult,
): Array<readonly [offset: number, key: string | null, value: string | null]> {
  return result.batches.flatMap((batch) => {
    const reader = batch.reader(1_000_000);
    const records: Array<readonly [number, string | null, string | null]> = [];
    const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString());
    while (!reader.done) {
      reader.next();
      records.push([batch.baseOffset + reader.offsetDelta, text(reader.key()), text(reader.value())]);
    }
    return records;
  });
}
