import { describe, expect, it } from 'vitest';
import { describeTransactionsApi } from '../../../../src/wire/kafka/handlers/describe-transactions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('DescribeTransactions', () => {
  it('shows transactions, and says which are unknown', () => {
    const world = new KafkaWorld();
    const producer = world.broker.transactions.initProducerId('x', 1_000);
    const answer = world.connect().ask(describeTransactionsApi, 0, { transactionalIds: ['x', 'y'] });
    expect(answer.transactionStates).toMatchObject([
      { errorCode: 'NONE', transactionState: 'Empty', transactionTimeoutMs: 1_000, ...producer, topics: [] },
      { errorCode: 'TRANSACTIONAL_ID_NOT_FOUND', transactionalId: 'y' },
    ]);
  });
});
