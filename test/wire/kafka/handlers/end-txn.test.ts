import { describe, expect, it } from 'vitest';
import { endTxnApi } from '../../../../src/wire/kafka/handlers/end-txn.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('EndTxn', () => {
  it.each(offeredVersions(endTxnApi))('ends a transaction with version %i', (version) => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    const { transactions } = world.broker;
    const producer = transactions.initProducerId('x', 1_000);
    const ask = (changes = {}) =>
      world.connect().ask(endTxnApi, version, { transactionalId: 'x', ...producer, committed: true, ...changes })
        .errorCode;
    expect(ask()).toBe('INVALID_TXN_STATE');
    transactions.addPartitions('x', producer, [{ topic: 't', partition: 0 }]);
    expect([ask(), ask(), ask({ committed: false })]).toEqual(['NONE', 'NONE', 'INVALID_TXN_STATE']);
    expect(ask({ producerEpoch: 9 })).toBe(version >= 2 ? 'PRODUCER_FENCED' : 'INVALID_PRODUCER_EPOCH');
  });
});
