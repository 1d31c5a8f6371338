import { expect, it } from 'vitest';
import { demandTime } from '../../../src/wire/kafka/deadline.js';
import { alterPartitionReassignmentsApi } from '../../../src/wire/kafka/handlers/alter-partition-reassignments.js';
import { createPartitionsApi } from '../../../src/wire/kafka/handlers/create-partitions.js';
import { createTopicsApi } from '../../../src/wire/kafka/handlers/create-topics.js';
import { deleteTopicsApi } from '../../../src/wire/kafka/handlers/delete-topics.js';
import { electLeadersApi } from '../../../src/wire/kafka/handlers/elect-leaders.js';
import { topicRequest } from '../../helpers/kafka-request.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

it.each([0, -1])('a request that gives the controller %i ms is timed out, and nothing is done', (timeoutMs) => {
  const world = new KafkaWorld();
  world.broker.createTopic('t', { partitions: 1 });
  const client = world.connect();
  const created = client.ask(createTopicsApi, 7, { topics: [topicRequest('new')], timeoutMs, validateOnly: false });
  const grown = client.ask(createPartitionsApi, 3, {
    topics: [{ name: 't', count: 2, assignments: null }],
    timeoutMs,
    validateOnly: false,
  });
  const deleted = client.ask(deleteTopicsApi, 5, { topicNames: ['t'], topics: [], timeoutMs });
  const moved = client.ask(alterPartitionReassignmentsApi, 0, {
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, replicas: [1] }] }],
    timeoutMs,
  });
  const topicPartitions = [{ topic: 't', partitions: [0] }];
  const elected = client.ask(electLeadersApi, 2, { electionType: 0, topicPartitions, timeoutMs });
  expect([
    created.topics[0]?.errorCode,
    grown.results[0]?.errorCode,
    deleted.responses[0]?.errorCode,
    moved.errorCode,
    moved.responses[0]?.partitions[0]?.errorCode,
    elected.errorCode,
    elected.replicaElectionResults[0]?.partitionResult[0]?.errorCode,
  ]).toEqual(Array(7).fill('REQUEST_TIMED_OUT'));
  expect([...world.broker.cluster.topics.keys()]).toEqual(['t']);
  expect(world.broker.cluster.topic('t')?.partitions).toHaveLength(1);
});

it('says how little time there was', () => {
  expect(() => demandTime({ timeoutMs: 1 })).not.toThrow();
  expect(() => demandTime({ timeoutMs: 0 })).toThrow('a timeout of 0 ms is over at once');
});
