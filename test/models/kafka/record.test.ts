import { expect, it } from 'vitest';
import { bodyBytes, KafkaRecord, RecordReader, writeRecord } from '../../../src/models/kafka/record.js';

const content = {
  key: Buffer.from('k'),
  value: null,
  headers: [
    ['h', Buffer.from('1')],
    ['h', Buffer.from('2')],
    ['n', null],
  ] as const,
  timestampMs: 5,
};

it('a record reads as text, the last of equal headers counts, a tombstone has no value', () => {
  const record = new KafkaRecord('t', 1, 9, content);
  expect([record.key, record.value, record.header('h'), record.header('n'), record.header('x')]).toEqual([
    'k',
    null,
    '2',
    undefined,
    undefined,
  ]);
  expect([record.topic, record.partition, record.offset]).toEqual(['t', 1, 9]);
});

it('a record takes as many bytes as were counted, and reads as it was written', () => {
  const size = bodyBytes(content, 3, -2);
  const bytes = Buffer.alloc(size + 1);
  expect(writeRecord(bytes, 0, content, 3, -2, size)).toBe(bytes.length);
  const reader = new RecordReader(bytes, 0, bytes.length);
  reader.next();
  expect([reader.offsetDelta, reader.timestampDelta, reader.valueLength, reader.headerCount]).toEqual([3, -2, -1, 3]);
  expect([Buffer.from(reader.key() ?? []).toString(), reader.done]).toEqual(['k', true]);
});
