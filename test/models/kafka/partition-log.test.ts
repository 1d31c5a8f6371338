import { expect, test } from 'vitest';
import { PartitionLog } from '../../../src/models/kafka/partition-log.js';
import { RecordBatch } from '../../../src/models/kafka/record-batch.js';

const batch = (count: number, timestampMs = 1_000) =>
  RecordBatch.of(
    Array.from({ length: count }, () => ({ key: null, value: Buffer.from('v'), headers: [], timestampMs })),
  );

const limits = { segmentBytes: 200, segmentMs: 500 };

test('a segment is closed when it is full, or its first record is old', () => {
  const log = new PartitionLog();
  for (const time of [1_000, 1_000, 1_000, 2_000]) log.append(batch(1, time), 0, limits);
  expect(log.segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 2, 3]);
});

test('batches are found by an offset in them, or by the gap in front of them', () => {
  const log = new PartitionLog();
  for (const count of [2, 3, 4]) log.append(batch(count), 0, limits);
  expect([0, 1, 2, 4, 5, 8, 9].map((offset) => log.batchAt(offset)?.baseOffset)).toEqual([0, 0, 2, 2, 5, 5, undefined]);
});

test('what is read comes of one segment', () => {
  const log = new PartitionLog();
  for (let i = 0; i < 5; i++) log.append(batch(1), 0, limits);
  expect(log.segments.map(({ baseOffset }) => baseOffset)).toEqual([0, 2, 4]);
  const read = (offset: number) => log.read(offset, 5, 1_000, true).map(({ baseOffset }) => baseOffset);
  expect([0, 1, 2, 3, 4, 5].map(read)).toEqual([[0, 1], [1], [2, 3], [3], [4], []]);
  expect([0, 1, 2, 4, 9].map((offset) => log.segmentBaseAt(offset))).toEqual([0, 0, 2, 4, 4]);
});

test('a cut at the end keeps whole batches, and offsets go on from there', () => {
  const log = new PartitionLog();
  for (const [count, epoch] of [
    [2, 0],
    [3, 1],
  ] as const)
    log.append(batch(count), epoch, limits);
  log.advanceHighWatermark(5);
  log.truncateTo(2);
  expect([log.logEnd, log.highWatermark, log.epochs.latest]).toEqual([2, 2, 0]);
  log.append(batch(1), 2, limits);
  expect(log.lastBatch).toMatchObject({ baseOffset: 2, leaderEpoch: 2 });
});

test('the high watermark never goes back', () => {
  const log = new PartitionLog();
  log.append(batch(3), 0, limits);
  expect([log.advanceHighWatermark(2), log.advanceHighWatermark(1), log.advanceHighWatermark(9)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(log.highWatermark).toBe(3);
});
