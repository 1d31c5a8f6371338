import { expect, test } from 'vitest';
import { alterPartitionReassignmentsApi } from '../../../../src/wire/kafka/handlers/alter-partition-reassignments.js';
import { listPartitionReassignmentsApi } from '../../../../src/wire/kafka/handlers/list-partition-reassignments.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('a move is over at once, so none is ever listed', () => {
  const world = new KafkaWorld({ nodes: 2 });
  world.broker.createTopic('t', { assignments: [[1]] });
  const client = world.connect();
  client.ask(alterPartitionReassignmentsApi, 0, {
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, replicas: [2] }] }],
  });
  expect(client.ask(listPartitionReassignmentsApi, 0, { topics: null }).topics).toEqual([]);
});
