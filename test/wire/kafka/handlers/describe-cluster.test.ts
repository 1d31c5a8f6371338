import { expect, test } from 'vitest';
import { describeClusterApi } from '../../../../src/wire/kafka/handlers/describe-cluster.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('the cluster is its nodes and the one that controls it; controllers of their own are not asked for', () => {
  const client = new KafkaWorld({ nodes: 3 }).connect();
  const asked = { includeClusterAuthorizedOperations: false, includeFencedBrokers: false };
  const answer = client.ask(describeClusterApi, 1, { ...asked, endpointType: 1 });
  expect(answer).toMatchObject({ errorCode: 'NONE', controllerId: 1 });
  expect(answer.brokers.map(({ brokerId, port }) => [brokerId, port])).toEqual([
    [1, 9092],
    [2, 9093],
    [3, 9094],
  ]);
  expect(client.ask(describeClusterApi, 1, { ...asked, endpointType: 2 }).errorCode).toBe('MISMATCHED_ENDPOINT_TYPE');
  expect(client.ask(describeClusterApi, 1, { ...asked, endpointType: 3 }).errorCode).toBe('UNSUPPORTED_ENDPOINT_TYPE');
});

test('what a client may do with the cluster is told when it is asked for', () => {
  const asked = { includeClusterAuthorizedOperations: true, includeFencedBrokers: false };
  expect(new KafkaWorld().connect().ask(describeClusterApi, 1, asked).clusterAuthorizedOperations).toBe(8_096);
});
