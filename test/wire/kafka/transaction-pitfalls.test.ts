/** What other servers of this protocol get wrong, over the wire: transactions, their readers and their offsets. */
import { describe, expect, it } from 'vitest';
import type { KafkaOptions } from '../../../src/models/kafka/index.js';
import { RecordBatch } from '../../../src/models/kafka/record-batch.js';
import { addOffsetsToTxnApi } from '../../../src/wire/kafka/handlers/add-offsets-to-txn.js';
import { addPartitionsToTxnApi } from '../../../src/wire/kafka/handlers/add-partitions-to-txn.js';
import { endTxnApi } from '../../../src/wire/kafka/handlers/end-txn.js';
import { fetchApi } from '../../../src/wire/kafka/handlers/fetch.js';
import { offsetFetchApi } from '../../../src/wire/kafka/handlers/offset-fetch.js';
import { txnOffsetCommitApi } from '../../../src/wire/kafka/handlers/txn-offset-commit.js';
import { beginTransaction, fetch, fetched, initProducer, offsetAt, readRequest } from '../../helpers/kafka-ask.js';
import { KafkaWorld, type WireClient } from '../../helpers/kafka-wire.js';

function start(options: KafkaOptions = {}, partitions = 2): { world: KafkaWorld; client: WireClient } {
  const world = new KafkaWorld(options);
  world.broker.createTopic('t', { partitions });
  return { world, client: world.connect() };
}

describe('readers of committed records', () => {
  it('17, 19, 20: readers of committed records wait for the commit; its marker takes an offset', () => {
    const { world, client } = start();
    const txn = beginTransaction(client);
    expect(txn.send(0)).toBe('NONE');
    expect([offsetAt(client, -1, 1).offset, offsetAt(client, -1, 0).offset]).toEqual([0, 3]);
    const reader = world.connect();
    const wait = () => reader.send(fetchApi, 11, readRequest(0, { maxWaitMs: 10_000, committed: true }));
    wait();
    world.clock.advanceTo(world.clock.now + 9_999);
    expect(fetched(reader)).toBeUndefined();
    world.clock.advanceTo(world.clock.now + 1);
    expect(fetched(reader)).toMatchObject({ errorCode: 'NONE', lastStableOffset: 0, highWatermark: 3 });
    wait();
    expect(fetched(reader)).toBeUndefined();
    expect(txn.end(true)).toBe('NONE');
    const partition = fetched(reader);
    expect(partition).toMatchObject({ lastStableOffset: 4, highWatermark: 4, abortedTransactions: [] });
    expect([offsetAt(client, -1).offset, offsetAt(client, -1, 1).offset]).toEqual([4, 4]);
    expect(
      world.broker
        .topic('t')
        .records()
        .map((record) => record.text()),
    ).toEqual(['a', 'b', 'c']);
  });

  it('18: an aborted transaction is listed also to who begins in the middle of it', () => {
    const { client } = start();
    const txn = beginTransaction(client);
    txn.send(0);
    txn.send(3);
    txn.end(false);
    const [partition] = fetch(client, 4, { committed: true });
    expect(partition?.abortedTransactions).toMatchObject([{ firstOffset: 0 }]);
  });

  it('18: a committed transaction is never listed', () => {
    const { client } = start();
    const txn = beginTransaction(client);
    txn.send(0);
    txn.end(true);
    for (const offset of [0, 1, 3])
      expect(fetch(client, offset, { committed: true })[0]?.abortedTransactions).toEqual([]);
  });
});

describe('producers', () => {
  it('33: a second InitProducerId raises the epoch, and fences the first producer', () => {
    const { client } = start();
    const old = beginTransaction(client);
    old.end(true);
    const young = initProducer(client);
    expect(young).toMatchObject({ errorCode: 'NONE', producerId: old.identity.producerId, producerEpoch: 1 });
    const topics = [{ name: 't', partitions: [0] }];
    const added = client.ask(addPartitionsToTxnApi, 3, { ...old.identity, ...young, topics });
    expect(added.resultsByTopic[0]?.resultsByPartition[0]?.partitionErrorCode).toBe('NONE');
    expect(old.send(3)).toBe('INVALID_PRODUCER_EPOCH');
    expect([old.end(true, 1), old.end(true, 2), old.end(true, 4)]).toEqual([
      'INVALID_PRODUCER_EPOCH',
      'PRODUCER_FENCED',
      'PRODUCER_FENCED',
    ]);
    expect(offsetAt(client, -1).offset).toBe(1);
  });

  it('34: InitProducerId aborts what is running and says to ask again; the answer is the epoch after the next', () => {
    const { client } = start();
    const txn = beginTransaction(client);
    txn.send(0);
    expect(initProducer(client).errorCode).toBe('CONCURRENT_TRANSACTIONS');
    const bytes = fetch(client, 3)[0]?.records as Uint8Array;
    expect(RecordBatch.parse(Buffer.from(bytes))).toMatchObject({
      isControl: true,
      isTransactional: true,
      baseOffset: 3,
    });
    // Key of the marker: version 0, type 0 for an abort.
    expect(Buffer.from(bytes).subarray(66, 70).toString('hex')).toBe('00000000');
    expect(offsetAt(client, -1, 1).offset).toBe(4);
    expect(initProducer(client)).toMatchObject({ errorCode: 'NONE', producerEpoch: txn.identity.producerEpoch + 2 });
    expect(txn.send(3)).toBe('INVALID_PRODUCER_EPOCH');
  });

  it('35: a partition that was not added is not written; version 11 says that the transaction can be aborted', () => {
    const { world, client } = start();
    const txn = beginTransaction(client);
    expect([txn.send(0, 1, 8), txn.send(0, 1, 10)]).toEqual(['INVALID_TXN_STATE', 'INVALID_TXN_STATE']);
    expect(txn.send(0, 1, 11)).toBe('TRANSACTION_ABORTABLE');
    expect(world.broker.cluster.partition('t', 1)!.log.logEnd).toBe(0);
    expect(txn.send(0, 0, 11)).toBe('NONE');
  });

  it('35: what was refused has to come first when the partition has been added', () => {
    const { client } = start();
    const txn = beginTransaction(client);
    expect([txn.send(0, 1), txn.send(3, 1)]).toEqual(['INVALID_TXN_STATE', 'INVALID_TXN_STATE']);
    client.ask(addPartitionsToTxnApi, 3, { ...txn.identity, topics: [{ name: 't', partitions: [1] }] });
    expect(txn.send(3, 1)).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect([txn.send(0, 1), txn.send(3, 1)]).toEqual(['NONE', 'NONE']);
  });

  it('36: one unknown topic keeps all partitions out of the transaction', () => {
    const { world, client } = start();
    const { producerId, producerEpoch } = initProducer(client);
    const topics = [
      { name: 't', partitions: [0, 1] },
      { name: 'missing', partitions: [0] },
    ];
    const request = { transactionalId: 'x', producerId, producerEpoch, topics };
    const codes = client
      .ask(addPartitionsToTxnApi, 3, request)
      .resultsByTopic.flatMap(({ resultsByPartition }) => resultsByPartition)
      .map(({ partitionErrorCode }) => partitionErrorCode);
    expect(codes).toEqual(['OPERATION_NOT_ATTEMPTED', 'OPERATION_NOT_ATTEMPTED', 'UNKNOWN_TOPIC_OR_PARTITION']);
    expect(world.broker.transactions.describe('x')).toMatchObject({ state: 'Empty', topics: [] });
  });

  it('37: a commit may be repeated, but not turned into an abort; what has not begun cannot end', () => {
    const { world, client } = start();
    const { producerId, producerEpoch } = initProducer(client);
    const end = (committed: boolean) =>
      client.ask(endTxnApi, 3, { transactionalId: 'x', producerId, producerEpoch, committed }).errorCode;
    expect([end(true), end(false)]).toEqual(['INVALID_TXN_STATE', 'INVALID_TXN_STATE']);
    const txn = beginTransaction(client);
    expect(txn.send(0)).toBe('NONE');
    expect([txn.end(true), txn.end(true), txn.end(false)]).toEqual(['NONE', 'NONE', 'INVALID_TXN_STATE']);
    // Of an ended transaction not even a repeated batch is taken, until its producer has begun the next.
    expect([txn.send(3), txn.send(0), txn.send(0, 0, 11)]).toEqual([
      'INVALID_TXN_STATE',
      'INVALID_TXN_STATE',
      'TRANSACTION_ABORTABLE',
    ]);
    const topics = [{ name: 't', partitions: [0] }];
    client.ask(addPartitionsToTxnApi, 3, { ...txn.identity, topics });
    expect([txn.send(0), txn.send(9)]).toEqual(['NONE', 'OUT_OF_ORDER_SEQUENCE_NUMBER']);
    expect(world.broker.cluster.partition('t', 0)!.log.logEnd).toBe(4);
  });

  it('38: what takes longer than its timeout is aborted by the next check, and its producer is fenced', () => {
    const { world, client } = start();
    const txn = beginTransaction(client, 'x', 25_000);
    expect(txn.send(0)).toBe('NONE');
    world.clock.advanceTo(world.clock.now + 25_000);
    expect(txn.send(3)).toBe('NONE');
    world.clock.advanceTo(world.clock.now + 10_000);
    expect([offsetAt(client, -1, 1).offset, offsetAt(client, -1).offset]).toEqual([7, 7]);
    expect(fetch(client, 0, { committed: true })[0]?.abortedTransactions).toMatchObject([{ firstOffset: 0 }]);
    expect([txn.send(6), txn.end(true)]).toEqual(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']);
  });
});

describe('offsets of a transaction', () => {
  it('39: they count when it commits; who wants stable ones is told to ask again, others get what was before', () => {
    const { world, client } = start();
    const nobody = { memberId: '', instanceId: null, generationId: -1 };
    const at = (offset: number) => ({ topic: 't', partition: 0, offset, leaderEpoch: -1, metadata: null });
    world.broker.groups.commitOffsets('g', nobody, [at(3)]);
    const read = (requireStable: boolean) => {
      const topics = [{ name: 't', partitionIndexes: [0, 1] }];
      const [first, other] = client.ask(offsetFetchApi, 7, { groupId: 'g', topics, requireStable }).topics[0]!
        .partitions;
      expect(other).toMatchObject({ errorCode: 'NONE', committedOffset: -1 });
      return [first?.errorCode, first?.committedOffset];
    };
    const commitIn = ({ identity }: ReturnType<typeof beginTransaction>, committedOffset: number) => {
      client.ask(addOffsetsToTxnApi, 3, { ...identity, groupId: 'g' });
      const partition = { partitionIndex: 0, committedOffset, committedLeaderEpoch: -1, committedMetadata: null };
      const member = { groupId: 'g', generationId: -1, memberId: '', groupInstanceId: null };
      const topics = [{ name: 't', partitions: [partition] }];
      const answer = client.ask(txnOffsetCommitApi, 3, { ...identity, ...member, topics });
      expect(answer.topics[0]?.partitions[0]?.errorCode).toBe('NONE');
    };
    const aborted = beginTransaction(client);
    commitIn(aborted, 9);
    expect([read(true), read(false)]).toEqual([
      ['UNSTABLE_OFFSET_COMMIT', -1],
      ['NONE', 3],
    ]);
    aborted.end(false);
    expect([read(true), read(false)]).toEqual([
      ['NONE', 3],
      ['NONE', 3],
    ]);
    const committed = beginTransaction(client);
    commitIn(committed, 7);
    committed.end(true);
    expect(read(true)).toEqual(['NONE', 7]);
  });
});
