import { expect, test } from 'vitest';
import { Transaction } from '../../../src/wire/redis/transaction.js';

test('forgets queue and watches, and stops watching', () => {
  const transaction = new Transaction();
  let stopped = 0;
  transaction.start();
  transaction.spoil();
  transaction.watched.set('0:k', { expired: () => false, stop: () => stopped++ });
  transaction.touched = true;
  transaction.reset();
  expect(transaction).toMatchObject({ open: false, spoilt: false, touched: false });
  expect(transaction.watched.size).toBe(0);
  expect(stopped).toBe(1);
});
