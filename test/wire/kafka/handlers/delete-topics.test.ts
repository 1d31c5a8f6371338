import { expect, test } from 'vitest';
import { deleteTopicsApi } from '../../../../src/wire/kafka/handlers/delete-topics.js';
import { NO_UUID } from '../../../../src/wire/kafka/reader.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('DeleteTopics takes names and ids; an id that is gone is unknown', () => {
  const world = new KafkaWorld();
  const client = world.connect();
  world.broker.createTopic('a');
  world.broker.createTopic('b');
  const topicId = world.broker.cluster.topic('b')?.id ?? '';
  const ask = (topics: Array<{ name: string | null; topicId: string }>) =>
    client.ask(deleteTopicsApi, 6, { topics, topicNames: [], timeoutMs: 1 });
  expect(
    ask([
      { name: 'a', topicId: NO_UUID },
      { name: null, topicId },
    ]).responses.map(({ errorCode, name }) => [errorCode, name]),
  ).toEqual([
    ['NONE', 'a'],
    ['NONE', 'b'],
  ]);
  expect(
    ask([
      { name: null, topicId },
      { name: 'a', topicId: NO_UUID },
    ]).responses.map(({ errorCode }) => errorCode),
  ).toEqual(['UNKNOWN_TOPIC_ID', 'UNKNOWN_TOPIC_OR_PARTITION']);
});

test('DeleteTopics deletes nothing that is named twice, in whatever way', () => {
  const world = new KafkaWorld();
  const client = world.connect();
  world.broker.createTopic('a');
  const topicId = world.broker.cluster.topic('a')?.id ?? '';
  const byName = { name: 'a', topicId: NO_UUID };
  const byId = { name: null, topicId };
  const ask = (...topics: Array<{ name: string | null; topicId: string }>) =>
    client
      .ask(deleteTopicsApi, 6, { topics, topicNames: [], timeoutMs: 1 })
      .responses.map(({ errorCode, errorMessage, name }) => [name, errorCode, errorMessage]);
  expect(ask(byName, byName)).toEqual([['a', 'INVALID_REQUEST', 'Duplicate topic name.']]);
  expect(ask(byId, byId)).toEqual([[null, 'INVALID_REQUEST', 'Duplicate topic id.']]);
  expect(ask({ name: 'a', topicId })).toEqual([
    ['a', 'INVALID_REQUEST', 'You may not specify both topic name and topic id.'],
  ]);
  expect(ask({ name: null, topicId: NO_UUID })).toEqual([
    [null, 'INVALID_REQUEST', 'Neither topic name nor id were specified.'],
  ]);
  expect(ask(byId, byName)).toEqual([
    ['a', 'INVALID_REQUEST', 'The provided topic name maps to an ID that was already supplied.'],
  ]);
  expect(world.broker.topic('a').exists).toBe(true);
  const both = 'You may not specify both topic name and topic id.';
  expect(ask({ name: 'a', topicId }, { name: 'a', topicId }, byName)).toEqual([
    ['a', 'INVALID_REQUEST', both],
    ['a', 'INVALID_REQUEST', both],
    ['a', 'NONE', null],
  ]);
});
