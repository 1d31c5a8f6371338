import { expect, it } from 'vitest';
import { describePartition } from '../../../src/wire/kafka/partition-metadata.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

it('a partition without a leader says so, and which replicas are gone', () => {
  const { broker } = new KafkaWorld({ nodes: 2 });
  broker.createTopic('t', { assignments: [[2]] });
  const [partition] = broker.cluster.topic('t')?.partitions ?? [];
  if (!partition) throw new Error('there is a partition');
  expect(describePartition(partition)).toEqual({
    errorCode: 'NONE',
    partitionIndex: 0,
    leaderId: 2,
    leaderEpoch: 0,
    replicaNodes: [2],
    isrNodes: [2],
    offlineReplicas: [],
  });
  broker.stopNode(2);
  expect(describePartition(partition)).toMatchObject({
    errorCode: 'LEADER_NOT_AVAILABLE',
    leaderId: -1,
    offlineReplicas: [2],
  });
});
