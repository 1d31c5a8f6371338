import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordBatch } from '../../../src/models/kafka/record-batch.js';
import { batchBytes, fetchNow, kafkaModel, produceBatch, readOn, recordsOf } from '../../helpers/kafka-model.js';

const DAY_MS = 86_400_000;

function start(config: Record<string, number | string> = {}) {
  const model = kafkaModel();
  model.broker.createTopic('t', { config: { 'cleanup.policy': 'compact', 'segment.bytes': 150, ...config } });
  const put = (key: string, value: string | null) =>
    produceBatch(
      model.broker,
      't',
      batchBytes([{ key, value: value?.padEnd(40, '.') ?? null, timestampMs: model.clock.now }]),
    );
  const keys = () =>
    readOn(model.broker, 't').map(([offset, key, value]) => [offset, key, value?.replaceAll('.', '') ?? null]);
  return { ...model, put, keys };
}

test('the newest record of a key stays at its offset; the active segment is not touched', () => {
  const { put, keys, broker } = start();
  put('a', '1');
  put('b', '2');
  put('a', '3');
  put('a', '4');
  broker.runCompaction();
  expect(keys()).toEqual([
    [1, 'b', '2'],
    [2, 'a', '3'],
    [3, 'a', '4'],
  ]);
  expect(recordsOf(fetchNow(broker, 't', { offset: 0 }))[0]?.[0]).toBe(1);
  expect(broker.topic('t').partitions[0]).toMatchObject({ logStart: 0, logEnd: 4 });
});

test('a tombstone stays for delete.retention.ms after the pass that met it, then it goes', () => {
  const { put, keys, broker, clock } = start();
  put('a', '1');
  put('a', null);
  put('z', 'end');
  broker.runCompaction();
  expect(keys()).toEqual([
    [1, 'a', null],
    [2, 'z', 'end'],
  ]);
  put('y', 'more');
  clock.advanceTo(clock.now + DAY_MS - 1);
  broker.runCompaction();
  expect(keys()).toEqual([
    [1, 'a', null],
    [2, 'z', 'end'],
    [3, 'y', 'more'],
  ]);
  put('x', 'more');
  clock.advanceTo(clock.now + 1);
  broker.runCompaction();
  expect(keys()[0]).toEqual([2, 'z', 'end']);
  const times = broker
    .topic('t')
    .records()
    .map((record) => record.timestampMs);
  expect(Math.max(...times)).toBeLessThanOrEqual(clock.now);
});

test('it runs by itself when enough is dirty', () => {
  const { put, keys, clock } = start();
  for (let n = 0; n < 5; n++) put('a', `${n}`);
  clock.advanceTo(clock.now + 15_000);
  expect(keys()).toEqual([
    [3, 'a', '3'],
    [4, 'a', '4'],
  ]);
});

test('min.compaction.lag.ms protects what is young', () => {
  const { put, keys, clock, broker } = start({ 'min.compaction.lag.ms': 60_000 });
  for (let n = 0; n < 3; n++) put('a', `${n}`);
  broker.runCompaction();
  expect(keys()).toHaveLength(3);
  clock.advanceTo(clock.now + 61_000);
  broker.runCompaction();
  expect(keys().map(([offset]) => offset)).toEqual([1, 2]);
});

test('what was aborted goes, whatever its key; the marker follows later', () => {
  const { put, keys, broker, clock } = start();
  const partition = broker.partition('t', 0);
  const bytes = batchBytes([{ key: 'only', value: 'x'.repeat(40) }], {
    id: 5,
    epoch: 0,
    baseSequence: 0,
    transactional: true,
  });
  partition.append(RecordBatch.parse(Buffer.from(bytes)));
  partition.appendMarker({ producerId: 5, producerEpoch: 0, coordinatorEpoch: 0, commit: false });
  put('a', '1');
  put('b', '2');
  broker.runCompaction();
  expect(keys().map(([offset]) => offset)).toEqual([1, 2, 3]);
  put('c', '3');
  clock.advanceTo(clock.now + DAY_MS);
  broker.runCompaction();
  expect(keys().map(([offset]) => offset)).toEqual([2, 3, 4]);
  // The number of its last batch is kept in an empty one.
  expect(partition.log.producers.check(RecordBatch.parse(Buffer.from(bytes)))?.firstOffset).toBe(0);
});

test('prop: K15 reading it through gives for each key what reading everything gave, in order, at the same offsets', () => {
  const record = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    value: fc.option(fc.nat(9), { freq: 4 }),
    pass: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 40 }), (records) => {
      const { put, keys, broker } = start();
      const all: Array<[number, string, string | null]> = [];
      for (const { key, value, pass } of records) {
        all.push([all.length, key, value === null ? null : `${value}`]);
        put(key, value === null ? null : `${value}`);
        if (pass) broker.runCompaction();
      }
      broker.runCompaction();
      const left = keys();
      const newest = new Map(all.map((entry) => [entry[1], entry]));
      const byKey = new Map(left.map((entry) => [entry[1], entry]));
      for (const [key, entry] of newest) expect(byKey.get(key)).toEqual(entry);
      for (const entry of left) expect(entry).toEqual(all[entry[0] as number]);
      expect(left.map(([offset]) => offset)).toEqual(left.map(([offset]) => offset as number).sort((a, b) => a - b));
      // At most one of each key in front of the active segment.
      const active = broker.partition('t', 0).log.activeSegment.baseOffset;
      const closed = left.filter(([offset]) => (offset as number) < active).map(([, key]) => key);
      expect(new Set(closed).size).toBe(closed.length);
    }),
    { numRuns: 1_000 },
  );
});
