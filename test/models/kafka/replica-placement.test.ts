import { expect, test } from 'vitest';
import {
  checkEnoughNodes,
  checkPlacement,
  checkReplicas,
  spreadReplicas,
} from '../../../src/models/kafka/replica-placement.js';

const node = (id: number, alive = true) => ({ id, alive });
const nodes = [node(0), node(1), node(2)];

test('replicas go round the live nodes, beginning with another one for each partition', () => {
  expect(spreadReplicas([node(0), node(1, false), node(2), node(5)], 4, 2, 1)).toEqual([
    [2, 5],
    [5, 0],
    [0, 2],
    [2, 5],
  ]);
});

test('nodes that are down get replicas where there are not enough others, and never lead', () => {
  expect(spreadReplicas([node(1), node(2, false)], 2, 2, 1)).toEqual([
    [1, 2],
    [1, 2],
  ]);
});

test('a new partition has a node that is up', () => {
  const down = [node(1), node(2, false)];
  expect(() => checkPlacement(down, [[2, 1]], 0)).not.toThrow();
  expect(() => checkPlacement(down, [[1], [2]], 3)).toThrow(
    'All brokers specified in the manual partition assignment for partition 4 are fenced or in controlled shutdown.',
  );
});

test('an assignment names known nodes, each once, as many for every partition', () => {
  expect(() =>
    checkReplicas(nodes, [
      [1, 0],
      [2, 1],
    ]),
  ).not.toThrow();
  const refusal = (...wrong: number[][]) => {
    try {
      checkReplicas(nodes, wrong);
      return undefined;
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return [code, message.replace('The manual partition assignment includes ', '')];
    }
  };
  const code = 'INVALID_REPLICA_ASSIGNMENT';
  expect(refusal([1, 3])).toEqual([code, 'broker 3, but no such broker is registered.']);
  expect(refusal([1, 0, 1])).toEqual([code, 'the broker 1 more than once.']);
  expect(refusal([])).toEqual([code, 'an empty replica list.']);
  expect(refusal([0], [1, 2])).toEqual([
    code,
    'a partition with 2 replica(s), but this is not consistent with previous partitions, which have 1 replica(s).',
  ]);
  expect(() => checkReplicas(nodes, [[0]], 2)).toThrow('which have 2 replica(s)');
});

test('a partition has no more replicas than there are nodes', () => {
  expect(() => checkEnoughNodes(3, 3)).not.toThrow();
  expect(() => checkEnoughNodes(4, 3)).toThrow(expect.objectContaining({ code: 'INVALID_REPLICATION_FACTOR' }));
});
