import { expect, it } from 'vitest';
import type { Call } from '../../../src/wire/kafka/call.js';
import { currentLeader, nodeEndpoints } from '../../../src/wire/kafka/leader-hint.js';
import { KafkaWorld } from '../../helpers/kafka-wire.js';

it('names each leader once, with its rack, and none that is down', () => {
  const { broker } = new KafkaWorld({ nodes: 3, racks: ['a', 'b', 'c'] });
  broker.createTopic('t', {
    assignments: [
      [2, 1],
      [2, 3],
      [3, 1],
    ],
  });
  const partitions = broker.cluster.topic('t')?.partitions ?? [];
  const address = (nodeId: number) => (nodeId === 3 ? undefined : { host: 'h', port: nodeId });
  const call = { broker, address } as unknown as Call<any>;
  expect(nodeEndpoints(call, partitions)).toEqual([{ nodeId: 2, host: 'h', port: 2, rack: 'b' }]);
  broker.stopNode(2);
  expect(partitions.map(currentLeader)).toEqual([
    { leaderId: 1, leaderEpoch: 1 },
    { leaderId: 3, leaderEpoch: 1 },
    { leaderId: 3, leaderEpoch: 0 },
  ]);
});
