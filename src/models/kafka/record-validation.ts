import type { ModelContext } from '../../core/model.js';
import { DecompressionError } from './compression.js';
import { KafkaError, type RecordError } from './errors.js';
import type { Partition } from './partition.js';
import type { RecordReader } from './record.js';
import type { RecordBatch } from './record-batch.js';
import type { TopicSettings } from './topic-settings.js';

/**
 * What a batch of a producer has to keep, in Kafka's order. Its records stay as they are; what the header says of
 * their times is put right.
 *
 * @throws KafkaError INVALID_RECORD, MESSAGE_TOO_LARGE, CORRUPT_MESSAGE, INVALID_TIMESTAMP, RECORD_LIST_TOO_LARGE
 */
export function checkRecords(batch: RecordBatch, partition: Partition, context: ModelContext): void {
  const { settings } = partition.home;
  if (batch.baseOffset !== 0) {
    throw new KafkaError(
      'INVALID_RECORD',
      `The baseOffset of the record batch should be 0, but it is ${batch.baseOffset}`,
    );
  }
  if (batch.sizeBytes > settings.maxMessageBytes) {
    throw new KafkaError(
      'MESSAGE_TOO_LARGE',
      `The record batch size is ${batch.sizeBytes} bytes which exceeds the maximum configured value of ${settings.maxMessageBytes}.`,
    );
  }
  if (!batch.isIntact) throw new KafkaError('CORRUPT_MESSAGE', 'Record is corrupt: its checksum does not fit');
  checkHeader(batch);
  checkEachRecord(batch, partition, context);
  if (batch.sizeBytes > settings.segmentBytes) {
    throw new KafkaError(
      'RECORD_LIST_TOO_LARGE',
      `Message batch size is ${batch.sizeBytes} bytes, which exceeds the maximum configured segment size of ${settings.segmentBytes}.`,
    );
  }
}

function checkHeader(batch: RecordBatch): void {
  const refuse = (message: string): never => {
    throw new KafkaError('INVALID_RECORD', message);
  };
  const { lastOffsetDelta, recordCount } = batch;
  if (recordCount <= 0 || lastOffsetDelta + 1 !== recordCount) {
    refuse(`a batch says ${recordCount} records and ${lastOffsetDelta} as its last offset`);
  }
  if (batch.isControl) refuse('Clients are not allowed to write control records');
  if (batch.codec > 4) refuse(`codec ${batch.codec} of a batch is unknown`);
  if (batch.producerId >= 0 && batch.baseSequence < 0) {
    refuse(`producer ${batch.producerId} sent a batch without a sequence number`);
  }
}

/** Looks into the records where that costs nothing, or where the topic asks for it. */
function checkEachRecord(batch: RecordBatch, partition: Partition, context: ModelContext): void {
  const { settings } = partition.home;
  const before = settings.timestampBeforeMaxMs;
  const after = settings.timestampAfterMaxMs;
  const bounded = before < Number.MAX_SAFE_INTEGER || after < Number.MAX_SAFE_INTEGER;
  const timed = batch.hasLogAppendTime || (bounded && !settings.logAppendTime);
  if (batch.codec !== 0 && !settings.compacted && !timed) {
    if (!settings.logAppendTime) batch.settleTimes(batch.maxTimestampMs);
    return;
  }
  const reader = unfold(batch, context.limits.kafkaDecompressedBytes);
  const keyless: RecordError[] = [];
  const mistimed: RecordError[] = [];
  const { now } = context.clock;
  let latestMs = -1;
  let index = 0;
  for (; !reader.done; index++) {
    if (index >= batch.recordCount) throw new KafkaError('INVALID_RECORD', 'a batch has more records than it says');
    reader.next();
    if (reader.offsetDelta !== index) {
      throw new KafkaError('INVALID_RECORD', `record ${index} of a batch says that it is number ${reader.offsetDelta}`);
    }
    const timestampMs = batch.timestampMs(reader);
    if (timestampMs > latestMs) latestMs = timestampMs;
    if (settings.compacted && reader.keyLength < 0) {
      const message = `Compacted topic cannot accept message without key in topic partition ${partition.home.name}-${partition.index}`;
      keyless.push({ batchIndex: index, message });
    } else if (timed) {
      const message = problemOfTime(batch, reader, index, settings, now);
      if (message !== undefined) mistimed.push({ batchIndex: index, message });
    }
  }
  if (index !== batch.recordCount) throw new KafkaError('INVALID_RECORD', `a batch has ${index} records and says more`);
  refuseRecords(keyless, mistimed);
  if (!settings.logAppendTime) batch.settleTimes(latestMs);
}

/** What is wrong with the time of a record: where the producer need not give one, that it claims the append to have. */
function problemOfTime(
  batch: RecordBatch,
  reader: RecordReader,
  index: number,
  settings: TopicSettings,
  now: number,
): string | undefined {
  const timestampMs = batch.timestampMs(reader);
  if (settings.logAppendTime || timestampMs === -1) {
    if (!batch.hasLogAppendTime) return undefined;
    const sizes = `key=${Math.max(reader.keyLength, 0)} bytes, value=${Math.max(reader.valueLength, 0)} bytes`;
    const record = `DefaultRecord(offset=${index}, timestamp=${timestampMs}, ${sizes})`;
    return `Invalid timestamp type in message ${record}. Producer should not set timestamp type to LogAppendTime.`;
  }
  const [first, last] = [now - settings.timestampBeforeMaxMs, now + settings.timestampAfterMaxMs];
  if (timestampMs >= first && timestampMs <= last) return undefined;
  return (
    `Timestamp ${timestampMs} of message with offset ${index} is out of range. ` +
    `The timestamp should be within [${first}, ${last}]`
  );
}

/** @throws KafkaError INVALID_TIMESTAMP, INVALID_RECORD when there are any */
function refuseRecords(keyless: readonly RecordError[], mistimed: readonly RecordError[]): void {
  const errors = [...keyless, ...mistimed].sort((a, b) => a.batchIndex - b.batchIndex);
  if (mistimed.length > 0) {
    const what = 'One or more records have been rejected due to invalid timestamp';
    throw new KafkaError('INVALID_TIMESTAMP', what, errors);
  }
  if (errors.length === 0) return;
  const shown = errors
    .slice(0, 3)
    .map(({ batchIndex, message }) => `RecordError(batchIndex=${batchIndex}, message='${message}')`);
  throw new KafkaError(
    'INVALID_RECORD',
    `One or more records have been rejected due to ${errors.length} record errors in total, ` +
      `and only showing the first three errors at most: [${shown.join(', ')}]`,
    errors,
  );
}

/** The records of a batch, for an answer on the wire. @throws KafkaError CORRUPT_MESSAGE when it cannot be unfolded */
export function unfold(batch: RecordBatch, maxBytes: number): RecordReader {
  try {
    return batch.reader(maxBytes);
  } catch (error) {
    if (error instanceof DecompressionError) throw new KafkaError('CORRUPT_MESSAGE', error.message);
    throw error;
  }
}
