import { describe, expect, it } from 'vitest';
import { addOffsetsToTxnApi } from '../../../../src/wire/kafka/handlers/add-offsets-to-txn.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('AddOffsetsToTxn', () => {
  it.each(offeredVersions(addOffsetsToTxnApi))('begins a transaction with version %i', (version) => {
    const world = new KafkaWorld();
    const producer = world.broker.transactions.initProducerId('x', 1_000);
    const ask = (changes = {}) =>
      world.connect().ask(addOffsetsToTxnApi, version, { transactionalId: 'x', ...producer, groupId: 'g', ...changes });
    expect(ask().errorCode).toBe('NONE');
    expect(world.broker.transactions.describe('x').state).toBe('Ongoing');
    expect(ask({ producerEpoch: 5 }).errorCode).toBe(version >= 2 ? 'PRODUCER_FENCED' : 'INVALID_PRODUCER_EPOCH');
  });
});
