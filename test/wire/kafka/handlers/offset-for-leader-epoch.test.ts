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

test('another epoch than the current one is told before the leader is looked for', () => {
  const world = new KafkaWorld({ nodes: 2 });
  world.broker.createTopic('t', { assignments: [[1, 2]] });
  const ask = (currentLeaderEpoch: number) =>
    world.connect(2).ask(offsetForLeaderEpochApi, 4, {
      topics: [{ topic: 't', partitions: [{ partition: 0, leaderEpoch: 0, currentLeaderEpoch }] }],
    }).topics[0]?.partitions[0]?.errorCode;
  expect([ask(-1), ask(0), ask(9)]).toEqual([
    'NOT_LEADER_OR_FOLLOWER',
    'NOT_LEADER_OR_FOLLOWER',
    'UNKNOWN_LEADER_EPOCH',
  ]);
});
