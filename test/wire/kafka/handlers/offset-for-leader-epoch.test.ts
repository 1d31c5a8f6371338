import { expect, test } from 'vitest';
import { offsetForLeaderEpochApi } from '../../../../src/wire/kafka/handlers/offset-for-leader-epoch.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('an epoch of the past ends where the next one began', () => {
  const world = new KafkaWorld({ nodes: 2 });
  world.broker.createTopic('t', { assignments: [[1, 2]] });
  world.broker.produce('t', { value: 'a' });
  world.broker.stopNode(1);
  world.broker.produce('t', { value: 'b' });
  const client = world.connect(2);
  const asked = { topics: [{ topic: 't', partitions: [{ partition: 0, leaderEpoch: 0 }] }] };
  expect(client.ask(offsetForLeaderEpochApi, 4, asked).topics[0]?.partitions[0]).toMatchObject({
    errorCode: 'NONE',
    leaderEpoch: 0,
    endOffset: 1,
  });
});
