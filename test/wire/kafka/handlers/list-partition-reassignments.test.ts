import { expect, test } from 'vitest';
import { alterPartitionReassignmentsApi } from '../../../../src/wire/kafka/handlers/alter-partition-reassignments.js';
import { listPartitionReassignmentsApi } from '../../../../src/wire/kafka/handlers/list-partition-reassignments.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('a move is listed until the new nodes have copied everything', () => {
  const world = new KafkaWorld({ nodes: 3 });
  world.broker.createTopic('t', {
    assignments: [
      [1, 2],
      [2, 1],
    ],
  });
  const client = world.connect();
  const list = (topics: Array<{ name: string; partitionIndexes: number[] }> | null) =>
    client.ask(listPartitionReassignmentsApi, 0, { topics }).topics;
  expect(list(null)).toEqual([]);
  client.ask(alterPartitionReassignmentsApi, 0, {
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, replicas: [3, 2] }] }],
  });
  const partitions = [{ partitionIndex: 0, replicas: [3, 2, 1], addingReplicas: [3], removingReplicas: [1] }];
  expect(list(null)).toEqual([{ name: 't', partitions }]);
  expect(list([{ name: 't', partitionIndexes: [0, 1, 7] }])).toEqual([{ name: 't', partitions }]);
  expect(
    list([
      { name: 't', partitionIndexes: [1] },
      { name: 'x', partitionIndexes: [0] },
    ]),
  ).toEqual([]);
  world.clock.advanceTo(world.clock.now + 500);
  expect(list(null)).toEqual([]);
});
