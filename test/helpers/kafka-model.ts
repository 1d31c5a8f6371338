/** A Kafka model without a door, on a virtual clock. */
import { VirtualClock } from '../../src/core/clock.js';
import { Journal } from '../../src/core/journal.js';
import { type Limits, TEST_LIMITS } from '../../src/core/limits.js';
import type { ModelContext } from '../../src/core/model.js';
import { Outbox } from '../../src/core/outbox.js';
import { Random } from '../../src/core/random.js';
import { KafkaBroker, type KafkaOptions } from '../../src/models/kafka/index.js';
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
