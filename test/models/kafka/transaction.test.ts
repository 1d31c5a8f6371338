import { describe, expect, it } from 'vitest';
import { Transaction } from '../../../src/models/kafka/transaction.js';

describe('Transaction', () => {
  it('knows its partitions and when it began', () => {
    const txn = new Transaction('x', 7, 1_000, 1);
    txn.enter('Ongoing', 5);
    txn.enter('Ongoing', 9);
    txn.add('t', 0);
    txn.add('t', 1);
    expect([txn.startedMs, txn.changedMs, txn.has('t', 1), txn.has('u', 0), txn.ending]).toEqual([
      5,
      9,
      true,
      false,
      false,
    ]);
    txn.remove('t', 0);
    txn.remove('t', 1);
    expect(txn.partitions.size).toBe(0);
    txn.enter('PrepareAbort', 10);
    expect(txn.ending).toBe(true);
    txn.enter('CompleteAbort', 11);
    txn.enter('Empty', 12);
    expect(txn.startedMs).toBe(5);
    txn.enter('Ongoing', 13);
    expect(txn.startedMs).toBe(13);
  });

  it('goes into a record and back', () => {
    const txn = new Transaction('x', 7, 1_000, 1);
    txn.add('t', 0);
    txn.groups.add('g');
    txn.epoch = 32_766;
    expect(txn.exhausted).toBe(true);
    expect(Transaction.fromRecord(txn.toRecord()).toRecord()).toEqual(txn.toRecord());
    expect(txn.identity).toEqual({ producerId: 7, producerEpoch: 32_766 });
  });
});
