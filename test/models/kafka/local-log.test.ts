import { expect, test } from 'vitest';
import { localLog } from '../../../src/models/kafka/local-log.js';
import { kafkaModel } from '../../helpers/kafka-model.js';

/** Nodes 1 and 2 have it, 2 leads in epoch 1, 3 has nothing. */
function start() {
  const { broker } = kafkaModel({ nodes: 3 });
  broker.createTopic('t', { assignments: [[1, 2]] });
  const partition = broker.partition('t', 0);
  partition.lead(2);
  const ask = (nodeId: number, leaderEpoch: number, mayFollow = false) => {
    try {
      return localLog(partition, { nodeId, leaderEpoch, mayFollow });
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  return { partition, ask };
}

// As Kafka 3.9.1 answered.
test.each([-1, 1])('epoch %i: the leader has the log, the follower for those who may read there', (epoch) => {
  const { partition, ask } = start();
  expect([ask(2, epoch), ask(1, epoch, true)]).toEqual([partition.logOf(2), partition.logOf(1)]);
  expect([ask(1, epoch), ask(3, epoch), ask(3, epoch, true)]).toEqual(Array(3).fill('NOT_LEADER_OR_FOLLOWER'));
});

test.each([
  [0, 'FENCED_LEADER_EPOCH'],
  [2, 'UNKNOWN_LEADER_EPOCH'],
])('epoch %i is %s to every replica, whoever leads; other nodes do not know', (epoch, code) => {
  const { ask } = start();
  expect([ask(2, epoch), ask(1, epoch), ask(1, epoch, true)]).toEqual([code, code, code]);
  expect([ask(3, epoch), ask(3, epoch, true)]).toEqual(['NOT_LEADER_OR_FOLLOWER', 'NOT_LEADER_OR_FOLLOWER']);
});

test('of a partition that was deleted nobody has anything', () => {
  const { partition, ask } = start();
  partition.deleted = true;
  expect([ask(2, -1), ask(1, 0, true)]).toEqual(['NOT_LEADER_OR_FOLLOWER', 'NOT_LEADER_OR_FOLLOWER']);
});
