import { expect, test } from 'vitest';
import { createPartitionsApi } from '../../../../src/wire/kafka/handlers/create-partitions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('CreatePartitions only ever adds', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t', { partitions: 2 });
  const ask = (name: string, count: number, assignments: Array<{ brokerIds: number[] }> | null = null) =>
    world
      .connect()
      .ask(createPartitionsApi, 3, { topics: [{ name, count, assignments }], timeoutMs: 1, validateOnly: false })
      .results[0]?.errorCode;
  expect([ask('t', 2), ask('x', 2), ask('t', 4, [{ brokerIds: [1] }]), ask('t', 3)]).toEqual([
    'INVALID_PARTITIONS',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'INVALID_REPLICA_ASSIGNMENT',
    'NONE',
  ]);
  expect(world.broker.topic('t').partitions).toHaveLength(3);
});

test('CreatePartitions answers a topic that is named twice once, and leaves it alone', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const topics = [2, 3].map((count) => ({ name: 't', count, assignments: null }));
  const { results } = world.connect().ask(createPartitionsApi, 3, { topics, timeoutMs: 1, validateOnly: false });
  expect(results.map(({ name, errorCode }) => [name, errorCode])).toEqual([['t', 'INVALID_REQUEST']]);
  expect(world.broker.topic('t').partitions).toHaveLength(1);
});

test('CreatePartitions says no more of a topic that is not there', () => {
  const topics = [{ name: 'x', count: 2, assignments: null }];
  const asked = { topics, timeoutMs: 1, validateOnly: false };
  expect(new KafkaWorld().connect().ask(createPartitionsApi, 3, asked).results).toMatchObject([
    { errorCode: 'UNKNOWN_TOPIC_OR_PARTITION', errorMessage: null },
  ]);
});
