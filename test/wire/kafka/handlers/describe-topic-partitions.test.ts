import { expect, test } from 'vitest';
import { describeTopicPartitionsApi } from '../../../../src/wire/kafka/handlers/describe-topic-partitions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('partitions come in pages, with a cursor to the next', () => {
  const world = new KafkaWorld();
  const client = world.connect();
  world.broker.createTopic('t', { partitions: 3 });
  const page = client.ask(describeTopicPartitionsApi, 0, { topics: [], responsePartitionLimit: 2, cursor: null });
  expect(page.topics[0]?.partitions).toMatchObject([
    { eligibleLeaderReplicas: [], lastKnownElr: [] },
    { partitionIndex: 1 },
  ]);
  expect(page.nextCursor).toEqual({ topicName: 't', partitionIndex: 2 });
  const rest = client.ask(describeTopicPartitionsApi, 0, {
    topics: [],
    responsePartitionLimit: 2,
    cursor: page.nextCursor,
  });
  expect(rest.topics[0]?.partitions.map(({ partitionIndex }) => partitionIndex)).toEqual([2]);
  expect(rest.nextCursor).toBeNull();
});

test('a topic that is not there, or has a name that none can have, is told so', () => {
  const topics = ['none', 'a b'].map((name) => ({ name }));
  const request = { topics, responsePartitionLimit: 9, cursor: null };
  const answer = new KafkaWorld().connect().ask(describeTopicPartitionsApi, 0, request);
  expect(
    answer.topics.map(({ name, errorCode, topicAuthorizedOperations }) => [name, errorCode, topicAuthorizedOperations]),
  ).toEqual([
    ['a b', 'INVALID_TOPIC_EXCEPTION', 3_576],
    ['none', 'UNKNOWN_TOPIC_OR_PARTITION', 3_576],
  ]);
});

test('a page that is full ends in front of the next topic, whether there is one or not', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('a', { partitions: 2 });
  const topics = [{ name: 'b' }, { name: 'a' }];
  const answer = world
    .connect()
    .ask(describeTopicPartitionsApi, 0, { topics, responsePartitionLimit: 2, cursor: null });
  expect(answer.topics.map(({ name }) => name)).toEqual(['a']);
  expect(answer.nextCursor).toEqual({ topicName: 'b', partitionIndex: 0 });
});

test.each([
  { topicName: 'a', partitionIndex: -1 },
  { topicName: 'c', partitionIndex: 0 },
])('from the cursor %j nothing can go on', (cursor) => {
  const topics = [{ name: 'b' }, { name: 'a' }];
  const request = { topics, responsePartitionLimit: 9, cursor };
  const answer = new KafkaWorld().connect().ask(describeTopicPartitionsApi, 0, request);
  expect(answer.topics.map(({ name, errorCode }) => [name, errorCode])).toEqual([
    ['b', 'INVALID_REQUEST'],
    ['a', 'INVALID_REQUEST'],
  ]);
  expect(answer.nextCursor).toBeNull();
});

test('a partition without a leader is no error', () => {
  const world = new KafkaWorld({ nodes: 2 });
  world.broker.createTopic('t', { assignments: [[2]] });
  world.broker.stopNode(2);
  const request = { topics: [{ name: 't' }], responsePartitionLimit: 9, cursor: null };
  const answer = world.connect().ask(describeTopicPartitionsApi, 0, request);
  expect(answer.topics[0]?.partitions).toMatchObject([{ errorCode: 'NONE', leaderId: -1, offlineReplicas: [2] }]);
});
