import { expect, it } from 'vitest';
import type { KafkaError } from '../../../src/models/kafka/errors.js';
import { RecordBatch } from '../../../src/models/kafka/record-batch.js';
import { checkRecords } from '../../../src/models/kafka/record-validation.js';
import { codeOf } from '../../helpers/kafka-group.js';
import { batchBytes, kafkaModel } from '../../helpers/kafka-model.js';

function check(bytes: Uint8Array, config: Record<string, string> = {}): string {
  const { broker, context } = kafkaModel();
  broker.createTopic('t', { config });
  return codeOf(() => checkRecords(RecordBatch.parse(bytes), broker.cluster.partition('t', 0)!, context));
}

const one = () => Buffer.from(batchBytes([{ value: 'x'.repeat(100) }]));

it('records are refused in the words of Kafka, each for itself', () => {
  const keyless = batchBytes(['a', 'b', 'c', 'd'].map((value) => ({ value })));
  const refusal = (bytes: Uint8Array, config: Record<string, string>) => {
    const { broker, context } = kafkaModel();
    broker.createTopic('t', { config });
    try {
      checkRecords(RecordBatch.parse(bytes), broker.cluster.partition('t', 0)!, context);
    } catch (error) {
      return error as KafkaError;
    }
    return undefined;
  };
  const compacted = refusal(keyless, { 'cleanup.policy': 'compact' });
  expect(compacted?.recordErrors).toHaveLength(4);
  const message = 'Compacted topic cannot accept message without key in topic partition t-0';
  expect(compacted?.recordErrors[3]).toEqual({ batchIndex: 3, message });
  expect(compacted?.message).toContain('due to 4 record errors in total, and only showing the first three');
  expect(compacted?.message).toContain(`[RecordError(batchIndex=0, message='${message}'), RecordError(batchIndex=1`);
  const stamped = RecordBatch.parse(Buffer.from(batchBytes([{ key: 'k', value: 'vv' }])));
  stamped.stampAppendTime(5);
  const timed = refusal(Buffer.from(stamped.bytes), { 'message.timestamp.type': 'LogAppendTime' });
  expect(timed).toMatchObject({
    code: 'INVALID_TIMESTAMP',
    recordErrors: [
      {
        batchIndex: 0,
        message:
          'Invalid timestamp type in message DefaultRecord(offset=0, timestamp=5, key=1 bytes, value=2 bytes). ' +
          'Producer should not set timestamp type to LogAppendTime.',
      },
    ],
  });
});

it('a producer that gives no time must not say that the append has set it', () => {
  const stamped = (timeMs: number) => {
    const batch = RecordBatch.parse(Buffer.from(batchBytes([{ key: 'k', value: 'v' }])));
    batch.stampAppendTime(timeMs);
    return Buffer.from(batch.bytes);
  };
  expect([stamped(-1), stamped(5)].map((bytes) => check(bytes))).toEqual(['INVALID_TIMESTAMP', 'NONE']);
});

it('what a producer may send is let through as it is', () => {
  expect(check(one())).toBe('NONE');
});

it('what does not keep the rules is refused by the name of the rule', () => {
  const moved = one();
  moved.writeInt32BE(1, 4);
  const broken = one();
  broken[80] = 0;
  expect([check(moved), check(broken)]).toEqual(['INVALID_RECORD', 'CORRUPT_MESSAGE']);
  expect(check(one(), { 'max.message.bytes': '50' })).toBe('MESSAGE_TOO_LARGE');
  expect(check(one(), { 'segment.bytes': '50' })).toBe('RECORD_LIST_TOO_LARGE');
  expect(check(one(), { 'cleanup.policy': 'compact' })).toBe('INVALID_RECORD');
});
