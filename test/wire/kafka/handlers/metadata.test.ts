import { describe, expect, test } from 'vitest';
import { metadataApi } from '../../../../src/wire/kafka/handlers/metadata.js';
import { NO_UUID } from '../../../../src/wire/kafka/reader.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('Metadata', () => {
  const names = (world: KafkaWorld, version: number, topics: string[] | null, allowAutoTopicCreation = true) => {
    const asked = topics?.map((name) => ({ name, topicId: NO_UUID })) ?? null;
    const answer = world.connect().ask(metadataApi, version, {
      topics: asked,
      allowAutoTopicCreation,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
    return answer.topics.map(({ name, errorCode }) => `${name} ${errorCode}`);
  };

  test('null asks for all, nothing for none, except in version 0, where nothing asks for all', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    expect(names(world, 1, null)).toEqual(['t NONE']);
    expect(names(world, 1, [])).toEqual([]);
    expect(names(world, 0, [])).toEqual(['t NONE']);
  });

  test('a topic that is asked for is made, and found when it is asked for again', () => {
    const world = new KafkaWorld();
    expect(names(world, 4, ['t'], false)).toEqual(['t UNKNOWN_TOPIC_OR_PARTITION']);
    expect(names(world, 4, ['t'])).toEqual(['t UNKNOWN_TOPIC_OR_PARTITION']);
    expect(names(world, 4, ['t'])).toEqual(['t NONE']);
    expect(names(world, 4, ['a..b/c'])).toEqual(['a..b/c INVALID_TOPIC_EXCEPTION']);
    const immediate = new KafkaWorld({ autoCreate: 'immediate' });
    expect(names(immediate, 4, ['t'])).toEqual(['t NONE']);
  });

  test('a node that is down is not listed, its partitions say so', () => {
    const world = new KafkaWorld({ nodes: 2 });
    world.broker.createTopic('t', { assignments: [[2]] });
    world.broker.stopNode(2);
    const answer = world.connect().ask(metadataApi, 9, {
      topics: null,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
    expect(answer.brokers.map(({ nodeId }) => nodeId)).toEqual([1]);
    expect(answer.topics[0]?.partitions[0]).toMatchObject({
      errorCode: 'LEADER_NOT_AVAILABLE',
      leaderId: -1,
      offlineReplicas: [2],
      isrNodes: [2],
    });
  });
});

test('what a client may do is told when it is asked for, also of a topic that is not there', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const ask = (version: number, asked: boolean) =>
    world.connect().ask(metadataApi, version, {
      topics: ['t', 'none'].map((name) => ({ name, topicId: NO_UUID })),
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: asked,
      includeTopicAuthorizedOperations: asked,
    });
  expect(ask(12, true).topics.map(({ topicAuthorizedOperations }) => topicAuthorizedOperations)).toEqual([
    3_576, 3_576,
  ]);
  expect(ask(12, false).topics[0]?.topicAuthorizedOperations).toBe(-2_147_483_648);
  expect(ask(9, true).clusterAuthorizedOperations).toBe(8_096);
});

test('what may be done with a topic of an unknown id is not told', () => {
  const topicId = '00000000-0000-4000-8000-000000000001';
  const { topics } = new KafkaWorld().connect().ask(metadataApi, 12, {
    topics: [{ name: null, topicId }],
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: true,
  });
  expect(topics).toMatchObject([{ errorCode: 'UNKNOWN_TOPIC_ID', topicAuthorizedOperations: -2_147_483_648 }]);
});

test('ids count before names, and have no place in the versions before 12', () => {
  const world = new KafkaWorld();
  for (const topic of ['t', 'u']) world.broker.createTopic(topic);
  const topicId = world.broker.cluster.topic('t')?.id as string;
  const asked = (version: number, ...topics: Array<{ name: string | null; topicId: string }>) => {
    const answer = world.connect().ask(metadataApi, version, {
      topics,
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
    return [answer.brokers.length, ...answer.topics.map(({ name, errorCode }) => `${name} ${errorCode}`)];
  };
  const named = { name: 'u', topicId: NO_UUID };
  expect(asked(12, { name: 'u', topicId }, named)).toEqual([1, 't NONE']);
  expect(asked(11, { name: 't', topicId }, named)).toEqual([0, 't INVALID_REQUEST', 'u INVALID_REQUEST']);
  expect(asked(10, { name: null, topicId })).toEqual([0, ' INVALID_REQUEST']);
});
