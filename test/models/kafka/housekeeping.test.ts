import { expect, test } from 'vitest';
import { batchBytes, kafkaModel, produceBatch } from '../../helpers/kafka-model.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

test('no timer runs for topics without records', () => {
  const { broker, clock } = kafkaModel({ nodes: 2 });
  broker.createTopic('t', { replicationFactor: 2 });
  expect(clock.nextDataTimerMs).toBeUndefined();
  broker.produce('t', { value: 'a' });
  expect(clock.nextDataTimerMs).toBe(clock.now + 5 * MINUTE_MS);
});

test('retention runs every log.retention.check.interval.ms, and stops when all is gone', () => {
  const { broker, clock } = kafkaModel({ config: { 'log.retention.check.interval.ms': 100 } });
  broker.createTopic('t', { config: { 'retention.ms': 250 } });
  broker.produce('t', { value: 'a' });
  clock.advanceTo(clock.now + 200);
  expect(broker.topic('t').records()).toHaveLength(1);
  clock.advanceTo(clock.now + 100);
  expect([broker.topic('t').records(), clock.nextDataTimerMs]).toEqual([[], undefined]);
});

test('compaction runs every log.cleaner.backoff.ms, only while there is a closed segment', () => {
  const { broker, clock } = kafkaModel({
    config: { 'log.cleaner.backoff.ms': 500, 'log.retention.check.interval.ms': DAY_MS },
  });
  broker.createTopic('t', {
    config: { 'cleanup.policy': 'compact', 'segment.bytes': 150, 'min.cleanable.dirty.ratio': 0 },
  });
  const put = (value: string) => produceBatch(broker, 't', batchBytes([{ key: 'k', value: value.padEnd(60, '.') }]));
  put('1');
  expect(clock.nextDataTimerMs).toBe(clock.now + DAY_MS);
  for (const value of ['2', '3', '4']) put(value);
  expect(clock.nextDataTimerMs).toBe(clock.now + 500);
  const offsets = () =>
    broker
      .topic('t')
      .records()
      .map(({ offset }) => offset);
  clock.advanceTo(clock.now + 499);
  expect(offsets()).toEqual([0, 1, 2, 3]);
  clock.advanceTo(clock.now + 1);
  expect(offsets()).toEqual([2, 3]);
});

test('a log with a batch that cannot be unfolded stays as it is, and the others are compacted', () => {
  const { broker } = kafkaModel();
  const config = { 'cleanup.policy': 'compact', 'segment.bytes': 150 };
  for (const topic of ['broken', 'whole']) broker.createTopic(topic, { config });
  for (const topic of ['broken', 'whole']) {
    for (const value of ['1', '2', '3']) {
      produceBatch(broker, topic, batchBytes([{ key: 'k', value: value.padEnd(60, '.') }]));
    }
  }
  const [first] = broker.partition('broken', 0).log.segments[0]?.batches ?? [];
  first?.bytes.fill(0xff, 61);
  broker.runCompaction();
  expect(broker.partition('broken', 0).log.segments).toHaveLength(3);
  expect(
    broker
      .topic('whole')
      .records()
      .map(({ offset }) => offset),
  ).toEqual([1, 2]);
});

test('producers that were idle for producer.id.expiration.ms are forgotten', () => {
  const { broker, clock } = kafkaModel({ config: { 'producer.id.expiration.ms': 1_000 } });
  broker.createTopic('t', { config: { 'retention.ms': -1 } });
  const send = (baseSequence: number) =>
    produceBatch(broker, 't', batchBytes([{ value: 'a' }], { id: 7, epoch: 0, baseSequence })).error;
  expect([send(0), send(1), send(5)]).toEqual([undefined, undefined, 'OUT_OF_ORDER_SEQUENCE_NUMBER']);
  clock.advanceTo(clock.now + 5 * MINUTE_MS);
  expect(send(5)).toBeUndefined();
});

test('a leadership goes back to the preferred replica, when it is told to', () => {
  for (const enabled of [true, false]) {
    const { broker, clock } = kafkaModel({
      nodes: 2,
      config: { 'auto.leader.rebalance.enable': enabled, 'leader.imbalance.check.interval.seconds': 300 },
    });
    broker.createTopic('t', { assignments: [[1, 2]] });
    broker.stopNode(1);
    broker.startNode(1);
    clock.advanceTo(clock.now + 299_999);
    expect(broker.partition('t', 0).leader).toBe(2);
    clock.advanceTo(clock.now + 1);
    expect(broker.partition('t', 0).leader).toBe(enabled ? 1 : 2);
    expect(clock.nextDataTimerMs).toBeUndefined();
  }
});

test('nothing runs any more once it is stopped', () => {
  const { broker, clock } = kafkaModel();
  broker.produce('t', { value: 'a' });
  broker.close();
  expect(clock.nextDataTimerMs).toBeUndefined();
});
