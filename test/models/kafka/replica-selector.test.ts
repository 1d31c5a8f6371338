import { expect, test } from 'vitest';
import { closestFollower } from '../../../src/models/kafka/replica-selector.js';
import { batchBytes, kafkaModel, produceBatch } from '../../helpers/kafka-model.js';

const RACKS = new Map([
  [1, 'a'],
  [2, 'b'],
  [3, 'b'],
  [4, 'c'],
]);

function start() {
  const { broker } = kafkaModel({ nodes: 4 });
  broker.createTopic('t', { assignments: [[1, 2, 3, 4]] });
  const put = () => produceBatch(broker, 't', batchBytes([{ value: 'a' }]), { acks: 1 });
  put();
  const partition = broker.partition('t', 0);
  const closest = (rack: string, offset = 0) => closestFollower(partition, rack, offset, (node) => RACKS.get(node));
  return { partition, put, closest };
}

test('is in the rack of the client, if the leader is not; the last one of several that are alike', () => {
  const { closest } = start();
  expect(['', 'a', 'b', 'c', 'none'].map((rack) => closest(rack))).toEqual([undefined, undefined, 3, 4, undefined]);
});

test('is the one that has most', () => {
  const { partition, put, closest } = start();
  partition.pauseReplica(3);
  put();
  expect([closest('b'), closest('b', 2)]).toEqual([2, 2]);
});

test('is in sync and has the offset', () => {
  const { partition, put, closest } = start();
  partition.pauseReplica(4);
  put();
  expect([closest('c', 1), closest('c', 2)]).toEqual([4, undefined]);
  partition.leaveIsr(4);
  expect(closest('c', 1)).toBeUndefined();
});

test('has not lost the offset', () => {
  const { partition, closest } = start();
  partition.deleteRecords(1);
  expect([closest('c', 0), closest('c', 1)]).toEqual([undefined, 4]);
});
