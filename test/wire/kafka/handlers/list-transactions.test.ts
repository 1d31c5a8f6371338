import { describe, expect, it } from 'vitest';
import { listTransactionsApi } from '../../../../src/wire/kafka/handlers/list-transactions.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('ListTransactions', () => {
  it.each(offeredVersions(listTransactionsApi))('lists by filters with version %i', (version) => {
    const world = new KafkaWorld();
    const { producerId } = world.broker.transactions.initProducerId('x', 1_000);
    const ask = (stateFilters: string[]) =>
      world.connect().ask(listTransactionsApi, version, {
        stateFilters,
        producerIdFilters: [],
        durationFilter: -1,
        transactionalIdPattern: null,
      });
    expect(ask([]).transactionStates).toEqual([{ transactionalId: 'x', producerId, transactionState: 'Empty' }]);
    expect(ask(['Ongoing', 'Odd'])).toMatchObject({ unknownStateFilters: ['Odd'], transactionStates: [] });
  });
});
