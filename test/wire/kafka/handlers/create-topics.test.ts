import { describe, expect, test } from 'vitest';
import { createTopicsApi } from '../../../../src/wire/kafka/handlers/create-topics.js';
import { NO_UUID } from '../../../../src/wire/kafka/reader.js';
import { topicRequest } from '../../../helpers/kafka-request.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('CreateTopics', () => {
  test('answers each topic by itself, with what is in force', () => {
    const client = new KafkaWorld().connect();
    const topics = [
      topicRequest('a', { numPartitions: 2, configs: [{ name: 'retention.ms', value: '5' }] }),
      topicRequest('a b'),
      topicRequest('r', { replicationFactor: 9 }),
      topicRequest('c', { configs: [{ name: 'x', value: '1' }] }),
      topicRequest('n', { configs: [{ name: 'retention.ms', value: null }] }),
      topicRequest('m', { numPartitions: 1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] }),
      topicRequest('g', { assignments: [{ partitionIndex: 1, brokerIds: [1] }] }),
      topicRequest('twice'),
      topicRequest('twice'),
    ];
    const answer = client.ask(createTopicsApi, 7, { topics, validateOnly: false });
    expect(answer.topics.map(({ errorCode }) => errorCode)).toEqual([
      'NONE',
      'INVALID_TOPIC_EXCEPTION',
      'INVALID_REPLICATION_FACTOR',
      'INVALID_CONFIG',
      'INVALID_CONFIG',
      'INVALID_REQUEST',
      'INVALID_REPLICA_ASSIGNMENT',
      'INVALID_REQUEST',
    ]);
    expect(answer.topics[0]).toMatchObject({ numPartitions: 2, replicationFactor: 1 });
    expect(answer.topics[0]?.topicId).not.toBe(NO_UUID);
    expect(answer.topics[0]?.configs?.find(({ name }) => name === 'retention.ms')).toMatchObject({
      value: '5',
      configSource: 1,
    });
    expect(answer.topics[1]).toMatchObject({ numPartitions: -1, replicationFactor: -1 });
  });

  test('looks whether there is such a topic before it looks at the rest', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    const topics = [
      topicRequest('t', { configs: [{ name: 'x', value: '1' }] }),
      topicRequest('a b', { numPartitions: 1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] }),
    ];
    const answer = world.connect().ask(createTopicsApi, 7, { topics, validateOnly: false });
    expect(answer.topics.map(({ errorCode }) => errorCode)).toEqual([
      'TOPIC_ALREADY_EXISTS',
      'INVALID_TOPIC_EXCEPTION',
    ]);
  });

  test('refuses all when they have more than 10 000 partitions together', () => {
    const world = new KafkaWorld({}, { kafkaPartitionCount: 20_000 });
    world.broker.createTopic('there');
    const ask = (...topics: Parameters<typeof topicRequest>[]) =>
      world
        .connect()
        .ask(createTopicsApi, 7, { topics: topics.map((each) => topicRequest(...each)), validateOnly: true })
        .topics.map(({ errorCode }) => errorCode);
    const many = (count: number) => ({ numPartitions: count });
    const refused = 'POLICY_VIOLATION';
    expect(ask(['a', many(9_999)], ['b'], ['there', many(1)])).toEqual([refused, refused, refused]);
    expect(ask(['a', many(9_999)], ['b'])).toEqual(['NONE', 'NONE']);
    expect(ask(['a:', many(10_001)], ['b'])).toEqual([refused, refused]);
    expect(ask(['a', many(-5)], ['b', many(10_004)])).toEqual(['INVALID_PARTITIONS', 'NONE']);
    expect(ask(['a', many(9_000)], ['a', many(9_000)], ['b'])).toEqual(['INVALID_REQUEST', 'NONE']);
  });

  test('checks and makes nothing when it only validates', () => {
    const world = new KafkaWorld();
    const answer = world.connect().ask(createTopicsApi, 5, { topics: [topicRequest('a')], validateOnly: true });
    expect(answer.topics[0]).toMatchObject({ errorCode: 'NONE', numPartitions: 1 });
    expect(world.broker.topic('a').exists).toBe(false);
  });
});
