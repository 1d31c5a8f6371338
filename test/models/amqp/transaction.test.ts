import { expect, test } from 'vitest';
import { Transaction } from '../../../src/models/amqp/transaction.js';

test('what was done is handed out once, acks apart, and the next transaction starts empty', () => {
  const transaction = new Transaction();
  transaction.settle([1, 2], 'ack');
  transaction.settle([4], 'requeue');
  transaction.settle([3], 'requeue');
  transaction.settle([5], 'ack');
  transaction.settle([6], 'requeue');
  expect([...transaction.settledTags]).toEqual([1, 2, 4, 3, 5, 6]);
  expect(transaction.finish()).toEqual({
    acks: [1, 2, 5],
    publications: [],
    // What followed at once is returned in one go, the oldest first.
    returns: [
      { tags: [3, 4], outcome: 'requeue' },
      { tags: [6], outcome: 'requeue' },
    ],
  });
  expect(transaction.settledTags.size).toBe(0);
  expect(transaction.finish()).toEqual({ acks: [], publications: [], returns: [] });
});
