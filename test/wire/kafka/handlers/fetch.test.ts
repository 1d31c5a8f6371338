import { expect, test } from 'vitest';
import { fetchApi } from '../../../../src/wire/kafka/handlers/fetch.js';
import { NO_UUID } from '../../../../src/wire/kafka/reader.js';
import { fetchRequest } from '../../../helpers/kafka-request.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

// As Kafka 3.9.1 answered.
test('a node that has nothing names the one that leads, since version 16', () => {
  const world = new KafkaWorld({ nodes: 3 });
  world.broker.createTopic('t', { assignments: [[2, 1]] });
  const client = world.connect(3);
  const id = world.broker.cluster.topic('t')?.id;
  const fetched = client.ask(fetchApi, 16, fetchRequest('', id));
  expect(fetched.responses[0]?.partitions[0]).toMatchObject({
    errorCode: 'NOT_LEADER_OR_FOLLOWER',
    currentLeader: { leaderId: 2 },
  });
  expect(fetched.nodeEndpoints.map(({ nodeId }) => nodeId)).toEqual([2]);
  expect(client.ask(fetchApi, 15, fetchRequest('', id)).responses[0]?.partitions[0]).toMatchObject({
    errorCode: 'NOT_LEADER_OR_FOLLOWER',
    currentLeader: { leaderId: -1 },
  });
});

test('who knows an old epoch is told who leads, too', () => {
  const world = new KafkaWorld({ nodes: 2 });
  world.broker.createTopic('t', { assignments: [[1, 2]] });
  world.broker.partition('t', 0).lead(2);
  const asked = fetchRequest('', world.broker.cluster.topic('t')?.id);
  const [topic] = asked.topics;
  const partitions = topic?.partitions.map((partition) => ({ ...partition, currentLeaderEpoch: 0 })) ?? [];
  const fetched = world.connect(1).ask(fetchApi, 16, { ...asked, topics: [{ ...topic, partitions }] });
  expect(fetched.responses[0]?.partitions[0]).toMatchObject({
    errorCode: 'FENCED_LEADER_EPOCH',
    currentLeader: { leaderId: 2, leaderEpoch: 1 },
  });
});

test('a negative epoch of the leader is not looked at', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const asked = fetchRequest('t', NO_UUID);
  const [topic] = asked.topics;
  const ask = (currentLeaderEpoch: number) => {
    const partitions = topic?.partitions.map((partition) => ({ ...partition, currentLeaderEpoch })) ?? [];
    const fetched = world.connect().ask(fetchApi, 9, { ...asked, topics: [{ ...topic, partitions }] });
    return fetched.responses[0]?.partitions[0]?.errorCode;
  };
  expect([-255, -1, 0, 1].map(ask)).toEqual(['NONE', 'NONE', 'NONE', 'UNKNOWN_LEADER_EPOCH']);
});

test('a node that follows serves consumers since version 11', () => {
  const world = new KafkaWorld({ nodes: 2 });
  world.broker.createTopic('t', { assignments: [[2, 1]] });
  world.broker.produce('t', { value: 'a' });
  const ask = (version: number, replicaId = -1) =>
    world.connect(1).ask(fetchApi, version, { ...fetchRequest('t', NO_UUID), replicaId }).responses[0]?.partitions[0];
  expect(ask(11, 2)?.errorCode).toBe('NOT_LEADER_OR_FOLLOWER');
  expect(ask(10)).toMatchObject({ errorCode: 'NOT_LEADER_OR_FOLLOWER', highWatermark: -1 });
  expect(ask(11)).toMatchObject({ errorCode: 'NONE', highWatermark: 1, preferredReadReplica: -1 });
  expect(ask(11)?.records?.length).toBeGreaterThan(61);
});

test('a topic is fetched by its id; that of a deleted one is unknown', () => {
  const world = new KafkaWorld();
  const client = world.connect();
  world.broker.produce('t', { value: 'a' });
  const id = world.broker.cluster.topic('t')?.id;
  const answer = client.ask(fetchApi, 13, fetchRequest('', id));
  expect(answer.responses[0]).toMatchObject({ topicId: id, partitions: [{ errorCode: 'NONE', highWatermark: 1 }] });
  expect(answer.responses[0]?.partitions[0]?.records?.length).toBeGreaterThan(61);
  world.broker.cluster.deleteTopic('t');
  world.broker.createTopic('t');
  expect(client.ask(fetchApi, 13, fetchRequest('', id)).responses[0]?.partitions[0]?.errorCode).toBe(
    'UNKNOWN_TOPIC_ID',
  );
});

test('what is not there aborts nothing, what cannot be read at this offset says nothing of it', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const client = world.connect();
  const abortedOf = (topic: string, offset: number) =>
    client.ask(fetchApi, 11, { ...fetchRequest(topic, NO_UUID, offset), isolationLevel: 1 }).responses[0]?.partitions[0]
      ?.abortedTransactions;
  expect(abortedOf('none', 0)).toEqual([]);
  expect(abortedOf('t', 5)).toBeNull();
  expect(abortedOf('t', 0)).toEqual([]);
});

test('a partition that a known topic does not have is unknown, not its topic', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const id = world.broker.cluster.topic('t')?.id;
  const asked = fetchRequest('', id);
  const topics = asked.topics.map((topic) => ({
    ...topic,
    partitions: topic.partitions.map((partition) => ({ ...partition, partition: 3 })),
  }));
  const answer = world.connect().ask(fetchApi, 13, { ...asked, topics });
  expect(answer.responses[0]?.partitions[0]?.errorCode).toBe('UNKNOWN_TOPIC_OR_PARTITION');
});

test('a log that ends in front of the offset tells so to whoever read the same epoch', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const id = world.broker.cluster.topic('t')?.id;
  const asked = fetchRequest('', id, 6);
  const topics = asked.topics.map((topic) => ({
    ...topic,
    partitions: topic.partitions.map((partition) => ({ ...partition, lastFetchedEpoch: 0 })),
  }));
  const answer = world.connect().ask(fetchApi, 13, { ...asked, topics });
  expect(answer.responses[0]?.partitions[0]).toMatchObject({
    errorCode: 'NONE',
    divergingEpoch: { epoch: 0, endOffset: 0 },
  });
});

test('a session knows a topic by its name, too: one that is gone has no partitions, another one of that name is not it', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const client = world.connect();
  const begin = { ...fetchRequest('', world.broker.cluster.topic('t')?.id), sessionEpoch: 0 };
  const { sessionId } = client.ask(fetchApi, 15, begin);
  const errorAt = (sessionEpoch: number) =>
    client.ask(fetchApi, 15, { ...begin, sessionId, sessionEpoch, topics: [] }).responses[0]?.partitions[0]?.errorCode;
  world.broker.cluster.deleteTopic('t');
  expect(errorAt(1)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  world.broker.createTopic('t');
  expect(errorAt(2)).toBe('INCONSISTENT_TOPIC_ID');
});

test('a session may begin without partitions', () => {
  const request = { ...fetchRequest('t'), sessionEpoch: 0, topics: [] };
  expect(new KafkaWorld().connect().ask(fetchApi, 12, request).sessionId).toBeGreaterThan(0);
});

test('consumers that say where they are may be sent to a follower, since version 11', () => {
  const config = { 'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector' };
  const world = new KafkaWorld({ nodes: 2, racks: ['a', 'b'], config });
  world.broker.createTopic('t', { assignments: [[1, 2]] });
  world.broker.produce('t', { value: 'a' });
  const ask = (version: number, replicaId = -1) =>
    world.connect(1).ask(fetchApi, version, { ...fetchRequest('t', NO_UUID), rackId: 'b', replicaId }).responses[0]
      ?.partitions[0];
  expect(ask(11)).toMatchObject({ preferredReadReplica: 2, highWatermark: 1, records: new Uint8Array(0) });
  expect([ask(10)?.preferredReadReplica, ask(11, 2)?.preferredReadReplica]).toEqual([-1, -1]);
  expect(ask(11, 2)?.records?.length).toBeGreaterThan(61);
});

test('a topic that goes while a fetch waits for it is not looked for by its id', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const client = world.connect();
  client.send(fetchApi, 14, fetchRequest('', world.broker.cluster.topic('t')?.id, 0, 1_000));
  expect(client.answer(fetchApi, 14)).toBeUndefined();
  world.broker.cluster.deleteTopic('t');
  const { responses } = client.answer(fetchApi, 14) ?? { responses: [] };
  expect(responses[0]?.partitions[0]).toMatchObject({
    errorCode: 'UNKNOWN_TOPIC_OR_PARTITION',
    abortedTransactions: null,
  });
});
