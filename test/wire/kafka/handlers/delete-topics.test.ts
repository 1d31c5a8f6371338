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
