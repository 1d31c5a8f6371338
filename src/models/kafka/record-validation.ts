import type { ModelContext } from '../../core/model.js';
import { DecompressionError } from './compression.js';
import { KafkaError, type RecordError } from './errors.js';
import type { RecordReader } from './record.js';
import type { RecordBatch } from './record-batch.js';
import type { TopicSettings } from './topic-settings.js';

/**
 * What a batch of a producer has to keep, in Kafka's order. Its records stay as they are; what the header says of
 * their times is put right.
 *
 * @throws KafkaError INVALID_RECORD, MESSAGE_TOO_LARGE, CORRUPT_MESSAGE, INVALID_TIMESTAMP, RECORD_LIST_TOO_LARGE
 */
export function checkRecords(batch: RecordBatch, settings: TopicSettings, context: ModelContext): void {
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
  checkEachRecord(batch, settings, context);
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
function checkEachRecord(batch: RecordBatch, settings: TopicSettings, context: ModelContext): void {
  if (batch.hasLogAppendTime && settings.logAppendTime) {
    throw new KafkaError('INVALID_TIMESTAMP', 'Producers may not say that a time is that of the append');
  }
  const before = settings.timestampBeforeMaxMs;
  const after = settings.timestampAfterMaxMs;
  const timed = !settings.logAppendTime && (before < Number.MAX_SAFE_INTEGER || after < Number.MAX_SAFE_INTEGER);
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
    if (settings.compacted && reader.keyLength < 0) {
      keyless.push({
        batchIndex: index,
        message: 'Compacted topic cannot accept message without key in topic partition.',
      });
    }
    const timestampMs = batch.timestampMs(reader);
    if (timestampMs > latestMs) latestMs = timestampMs;
    if (!timed) continue;
    if (timestampMs !== -1 && (timestampMs < now - before || timestampMs > now + after)) {
      mistimed.push({ batchIndex: index, message: `Timestamp ${timestampMs} of message is out of range` });
    }
  }
  if (index !== batch.recordCount) throw new KafkaError('INVALID_RECORD', `a batch has ${index} records and says more`);
  if (keyless.length > 0) {
    throw new KafkaError('INVALID_RECORD', 'One or more records have been rejected: they have no key', keyless);
  }
  if (mistimed.length > 0) {
    throw new KafkaError('INVALID_TIMESTAMP', 'One or more records have been rejected due to their time', mistimed);
  }
  if (!settings.logAppendTime) batch.settleTimes(latestMs);
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
