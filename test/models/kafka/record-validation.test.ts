import { expect, it } from 'vitest';
import { RecordBatch } from '../../../src/models/kafka/record-batch.js';
import { checkRecords } from '../../../src/models/kafka/record-validation.js';
import { codeOf } from '../../helpers/kafka-group.js';
import { batchBytes, kafkaModel } from '../../helpers/kafka-model.js';

function check(bytes: Uint8Array, config: Record<string, string> = {}): string {
  const { broker, context } = kafkaModel();
  broker.createTopic('t', { config });
  return codeOf(() => checkRecords(RecordBatch.parse(bytes), broker.cluster.topic('t')!.settings, context));
}

const one = () => Buffer.from(batchBytes([{ value: 'x'.repeat(100) }]));

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
