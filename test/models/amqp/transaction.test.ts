import { expect, test } from 'vitest';
import { Transaction } from '../../../src/models/amqp/transaction.js';

test('what was done is handed out once, in order, and the next transaction starts empty', () => {
  const transaction = new Transaction();
  transaction.settle([1, 2], 'ack');
  transaction.settle([3], 'requeue');
  expect([...transaction.settledTags]).toEqual([1, 2, 3]);
  expect(transaction.finish().settlements).toEqual([
    { tags: [1, 2], outcome: 'ack' },
    { tags: [3], outcome: 'requeue' },
  ]);
  expect(transaction.settledTags.size).toBe(0);
  expect(transaction.finish()).toEqual({ publications: [], settlements: [] });
});
