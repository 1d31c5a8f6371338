import { describe, expect, it } from 'vitest';
import { addPartitionsToTxnApi } from '../../../../src/wire/kafka/handlers/add-partitions-to-txn.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('AddPartitionsToTxn', () => {
  it.each(offeredVersions(addPartitionsToTxnApi))('adds all or none with version %i', (version) => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    const producer = world.broker.transactions.initProducerId('x', 1_000);
    const ask = (partitions: readonly number[], changes = {}) => {
      const asked = { transactionalId: 'x', ...producer, topics: [{ name: 't', partitions }], ...changes };
      const body = { ...asked, transactions: [{ ...asked, verifyOnly: false }] };
      const answer = world.connect().ask(addPartitionsToTxnApi, version, body);
      const topics = version >= 4 ? answer.resultsByTransaction[0]?.topicResults : answer.resultsByTopic;
      return topics?.[0]?.resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode);
    };
    expect(ask([0, 9])).toEqual(['OPERATION_NOT_ATTEMPTED', 'UNKNOWN_TOPIC_OR_PARTITION']);
    expect(ask([0])).toEqual(['NONE']);
    expect(ask([0], { producerEpoch: 5 })).toEqual([version >= 2 ? 'PRODUCER_FENCED' : 'INVALID_PRODUCER_EPOCH']);
    expect(ask([0], { producerId: 5 })).toEqual(['INVALID_PRODUCER_ID_MAPPING']);
  });

  it('only looks when it shall only verify', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t');
    const producer = world.broker.transactions.initProducerId('x', 1_000);
    const asked = { transactionalId: 'x', ...producer, verifyOnly: true, topics: [{ name: 't', partitions: [0] }] };
    const answer = world.connect().ask(addPartitionsToTxnApi, 4, { ...asked, transactions: [asked] });
    const found = answer.resultsByTransaction[0]?.topicResults[0]?.resultsByPartition[0];
    expect(found?.partitionErrorCode).toBe('TRANSACTION_ABORTABLE');
  });
});
