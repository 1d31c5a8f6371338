import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findOffset } from '../../../src/models/kafka/list-offsets.js';
import { batchBytes, kafkaModel, produceBatch } from '../../helpers/kafka-model.js';

function logWith(batches: ReadonlyArray<readonly number[]>) {
  const { broker } = kafkaModel();
  broker.createTopic('t');
  for (const times of batches) produceBatch(broker, 't', batchBytes(times.map((timestampMs) => ({ timestampMs }))));
  const partition = broker.partition('t', 0);
  const find = (timestampMs: number, committed = false) => findOffset(partition, timestampMs, committed, 1_000_000);
  return { partition, find };
}

test('the special instants', () => {
  const { find, partition } = logWith([[10, 30], [20]]);
  expect(find(-1)).toEqual({ offset: 3, timestampMs: -1, leaderEpoch: 0 });
  expect(find(-2)).toEqual({ offset: 0, timestampMs: -1, leaderEpoch: 0 });
  expect(find(-3)).toEqual({ offset: 1, timestampMs: 30, leaderEpoch: 0 });
  expect(find(-4)).toEqual(find(-2));
  expect([find(-5).offset, find(-6).offset]).toEqual([-1, -1]);
  expect(() => find(-7)).toThrow('timestamp -7 has no meaning');
  partition.deleteRecords(2);
  // The largest time is that of what is still there, in front of the start too.
  expect([find(-2).offset, find(-3).offset]).toEqual([2, 1]);
});

test('an empty log has no largest time, and begins in the epoch of its leader', () => {
  const { find } = logWith([]);
  expect(find(-3)).toEqual({ offset: -1, timestampMs: -1, leaderEpoch: -1 });
  expect(logWith([[-1, -1]]).find(-3)).toEqual({ offset: 0, timestampMs: -1, leaderEpoch: 0 });
  expect(find(-2)).toEqual({ offset: 0, timestampMs: -1, leaderEpoch: 0 });
});

test('prop: K14 a time finds the first record at or after it, inside of batches too, whatever their order', () => {
  const times = fc.array(fc.array(fc.nat(50), { minLength: 1, maxLength: 6 }), { maxLength: 8 });
  fc.assert(
    fc.property(times, fc.nat(60), fc.nat(20), (batches, wanted, deleted) => {
      const { find, partition } = logWith(batches);
      const flat = batches.flat();
      const start = Math.min(deleted, flat.length);
      partition.deleteRecords(start);
      const expected = flat.findIndex((time, offset) => offset >= start && time >= wanted);
      expect(find(wanted).offset).toBe(expected);
      expect(find(wanted).timestampMs).toBe(flat[expected] ?? -1);
      expect(find(-3).offset).toBe(flat.indexOf(Math.max(...flat)));
    }),
    { numRuns: 1_000 },
  );
});
