import { expect, test } from 'vitest';
import { describeProducersApi } from '../../../../src/wire/kafka/handlers/describe-producers.js';
import { produceApi } from '../../../../src/wire/kafka/handlers/produce.js';
import { batchBytes } from '../../../helpers/kafka-model.js';
import { produceRequest } from '../../../helpers/kafka-request.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('a partition knows its producers and how far they have come', () => {
  const world = new KafkaWorld();
  const client = world.connect();
  world.broker.createTopic('t');
  const records = batchBytes([{ value: 'v' }], { id: 5, epoch: 1, baseSequence: 3 });
  client.ask(produceApi, 7, produceRequest('t', -1, records));
  const producers = client.ask(describeProducersApi, 0, { topics: [{ name: 't', partitionIndexes: [0] }] });
  expect(producers.topics[0]?.partitions[0]?.activeProducers).toMatchObject([
    { producerId: 5, producerEpoch: 1, lastSequence: 3 },
  ]);
});

test('a name that no topic can have is told from one that no topic has', () => {
  const topics = ['', 'a b', 'none'].map((name) => ({ name, partitionIndexes: [0] }));
  const answer = new KafkaWorld().connect().ask(describeProducersApi, 0, { topics });
  expect(answer.topics.map(({ partitions }) => partitions[0]?.errorCode)).toEqual([
    'INVALID_TOPIC_EXCEPTION',
    'INVALID_TOPIC_EXCEPTION',
    'UNKNOWN_TOPIC_OR_PARTITION',
  ]);
});

// As Kafka 3.9.1 answered.
test('any replica knows them; that a partition is not there is said without a word, of a topic in words', () => {
  const world = new KafkaWorld({ nodes: 3 });
  world.broker.createTopic('t', { assignments: [[1, 2]] });
  const records = batchBytes([{ value: 'v' }], { id: 5, epoch: 1, baseSequence: 3 });
  world.connect(1).ask(produceApi, 7, produceRequest('t', -1, records));
  const ask = (nodeId: number, name: string, index = 0) =>
    world.connect(nodeId).ask(describeProducersApi, 0, { topics: [{ name, partitionIndexes: [index] }] }).topics[0]
      ?.partitions[0];
  expect(ask(2, 't')).toMatchObject({ errorCode: 'NONE', activeProducers: [{ producerId: 5 }] });
  expect([ask(3, 't'), ask(1, 't', 7), ask(1, 'none')]).toMatchObject([
    { errorCode: 'NOT_LEADER_OR_FOLLOWER', errorMessage: null },
    { errorCode: 'UNKNOWN_TOPIC_OR_PARTITION', errorMessage: null },
    {
      errorCode: 'UNKNOWN_TOPIC_OR_PARTITION',
      errorMessage: 'This server does not host this topic-partition.',
    },
  ]);
});
