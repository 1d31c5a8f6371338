import { describe, expect, it } from 'vitest';
import { txnOffsetCommitApi } from '../../../../src/wire/kafka/handlers/txn-offset-commit.js';
import { offeredVersions } from '../../../helpers/kafka-versions.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

describe('TxnOffsetCommit', () => {
  it.each(offeredVersions(txnOffsetCommitApi))(
    'notes offsets until the transaction ends with version %i',
    (version) => {
      const world = new KafkaWorld();
      world.broker.createTopic('t');
      const { transactions } = world.broker;
      const producer = transactions.initProducerId('x', 1_000);
      const partition = { partitionIndex: 0, committedOffset: 5, committedLeaderEpoch: -1, committedMetadata: null };
      const body = {
        transactionalId: 'x',
        groupId: 'g',
        ...producer,
        generationId: -1,
        memberId: '',
        groupInstanceId: null,
        topics: [{ name: 't', partitions: [partition, { ...partition, partitionIndex: 3 }] }],
      };
      const ask = () =>
        world
          .connect()
          .ask(txnOffsetCommitApi, version, body)
          .topics[0]?.partitions.map(({ errorCode }) => errorCode);
      expect(ask()).toEqual([
        version >= 4 ? 'TRANSACTION_ABORTABLE' : 'INVALID_TXN_STATE',
        'UNKNOWN_TOPIC_OR_PARTITION',
      ]);
      transactions.addOffsets('x', producer, 'g');
      expect(ask()).toEqual(['NONE', 'UNKNOWN_TOPIC_OR_PARTITION']);
      expect(world.broker.group('g').committed('t', 0)).toBeUndefined();
      transactions.endTransaction('x', producer, true);
      expect(world.broker.group('g').committed('t', 0)).toBe(5);
    },
  );
});
