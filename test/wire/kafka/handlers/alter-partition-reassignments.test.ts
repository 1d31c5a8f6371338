import { expect, test } from 'vitest';
import { alterPartitionReassignmentsApi } from '../../../../src/wire/kafka/handlers/alter-partition-reassignments.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('partitions move to the nodes that are named, which must be there', () => {
  const world = new KafkaWorld({ nodes: 2 });
  world.broker.createTopic('t', { assignments: [[1, 2]] });
  const client = world.connect();
  const move = (replicas: number[] | null, name = 't') =>
    client.ask(alterPartitionReassignmentsApi, 0, {
      topics: [{ name, partitions: [{ partitionIndex: 0, replicas }] }],
    }).responses[0]?.partitions[0]?.errorCode;
  expect([move(null), move([7]), move([1], 'x'), move([2])]).toEqual([
    'NO_REASSIGNMENT_IN_PROGRESS',
    'INVALID_REPLICA_ASSIGNMENT',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'NONE',
  ]);
  expect(world.broker.topic('t').partitions[0]).toMatchObject({ leader: 2, replicas: [2] });
});

test('a move can be taken back while it is under way', () => {
  const world = new KafkaWorld({ nodes: 3 });
  world.broker.createTopic('t', { assignments: [[1, 2]] });
  const client = world.connect();
  const move = (replicas: number[] | null) =>
    client.ask(alterPartitionReassignmentsApi, 0, {
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, replicas }] }],
    }).responses[0]?.partitions[0]?.errorCode;
  expect([move([2, 3]), move(null), move(null)]).toEqual(['NONE', 'NONE', 'NO_REASSIGNMENT_IN_PROGRESS']);
  expect(world.broker.topic('t').partitions[0]).toMatchObject({ leader: 1, replicas: [2, 1], isr: [1, 2] });
});

test('what is not there is named', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const ask = (name: string) =>
    world.connect().ask(alterPartitionReassignmentsApi, 0, {
      topics: [{ name, partitions: [{ partitionIndex: 7, replicas: null }] }],
    }).responses[0]?.partitions[0]?.errorMessage;
  expect([ask('t'), ask('x')]).toEqual(['Unable to find partition t:7.', 'Unable to find a topic named x.']);
});

test('where nothing is to be taken back, no more is said', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, replicas: null }] }];
  expect(world.connect().ask(alterPartitionReassignmentsApi, 0, { topics }).responses[0]?.partitions).toMatchObject([
    { errorCode: 'NO_REASSIGNMENT_IN_PROGRESS', errorMessage: null },
  ]);
});
