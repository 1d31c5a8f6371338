/** Several nodes, as kafkajs sees them. */
import { expect, test } from 'vitest';
import { connect, kafkajsClient, startTestBroker } from './client.js';

test('nodes are numbered from the first one, and found by the name that was bound', async () => {
  const broker = await startTestBroker({ nodes: 3, firstNodeId: 0, host: 'localhost' });
  const admin = await connect(kafkajsClient(broker).admin());
  const { brokers, controller } = await admin.describeCluster();
  expect(brokers.map(({ nodeId, host, port }) => [nodeId, `${host}:${port}`])).toEqual(
    broker.urls.kafka.split(',').map((address, nodeId) => [nodeId, address]),
  );
  expect(controller).toBe(0);
  const replicaAssignment = [
    { partition: 0, replicas: [1, 0] },
    { partition: 1, replicas: [2, 1] },
  ];
  await admin.createTopics({ topics: [{ topic: 't', replicaAssignment }] });
  const { topics } = await admin.fetchTopicMetadata({ topics: ['t'] });
  expect(topics[0]?.partitions).toMatchObject([
    { leader: 1, replicas: [1, 0], isr: [1, 0] },
    { leader: 2, replicas: [2, 1], isr: [2, 1] },
  ]);
});
