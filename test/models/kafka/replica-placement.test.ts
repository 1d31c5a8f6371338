import { expect, test } from 'vitest';
import { checkReplicas, rangeOf, spreadReplicas } from '../../../src/models/kafka/replica-placement.js';

const nodes = [{ id: 0 }, { id: 1 }, { id: 2 }];

test('replicas go round the live nodes, beginning with another one for each partition', () => {
  expect(spreadReplicas([0, 2, 5], 4, 2, 1)).toEqual([
    [2, 5],
    [5, 0],
    [0, 2],
    [2, 5],
  ]);
});

test('an assignment names known nodes, each once, as many for every partition', () => {
  expect(() =>
    checkReplicas(nodes, [
      [1, 0],
      [2, 1],
    ]),
  ).not.toThrow();
  for (const wrong of [[[1, 3]], [[1, 1]], [[]], [[0], [1, 2]]]) {
    expect(() => checkReplicas(nodes, wrong)).toThrow(expect.objectContaining({ code: 'INVALID_REPLICA_ASSIGNMENT' }));
  }
  expect(() => checkReplicas(nodes, [[7]])).toThrow('of 0 to 2, none twice');
});

test('a range of ids is told by its ends', () => {
  expect(rangeOf(nodes)).toBe('0 to 2');
});
