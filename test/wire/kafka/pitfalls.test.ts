/** What other servers of this protocol get wrong, over the wire: log, fetch, producers, topics and the protocol itself. */
import { describe, expect, it } from 'vitest';
import type { KafkaOptions } from '../../../src/models/kafka/index.js';
import { addPartitionsToTxnApi } from '../../../src/wire/kafka/handlers/add-partitions-to-txn.js';
import { createPartitionsApi } from '../../../src/wire/kafka/handlers/create-partitions.js';
import { createTopicsApi } from '../../../src/wire/kafka/handlers/create-topics.js';
import { deleteRecordsApi } from '../../../src/wire/kafka/handlers/delete-records.js';
import { describeTopicPartitionsApi } from '../../../src/wire/kafka/handlers/describe-topic-partitions.js';
import { endTxnApi } from '../../../src/wire/kafka/handlers/end-txn.js';
import { fetchApi } from '../../../src/wire/kafka/handlers/fetch.js';
import { findCoordinatorApi } from '../../../src/wire/kafka/handlers/find-coordinator.js';
import { initProducerIdApi } from '../../../src/wire/kafka/handlers/init-producer-id.js';
import { listOffsetsApi } from '../../../src/wire/kafka/handlers/list-offsets.js';
import { metadataApi } from '../../../src/wire/kafka/handlers/metadata.js';
import { produceApi } from '../../../src/wire/kafka/handlers/produce.js';
import { NO_UUID } from '../../../src/wire/kafka/reader.js';
import { batchBytes } from '../../helpers/kafka-model.js';
import { KafkaWorld, type WireClient } from '../../helpers/kafka-wire.js';

function start(options: KafkaOptions = {}, partitions = 1): { world: KafkaWorld; client: WireClient } {
  const world = new KafkaWorld(options);
  world.broker.createTopic('t', { partitions });
  return { world, client: world.connect() };
}

const three = () => batchBytes([{ value: 'a' }, { value: 'b' }, { value: 'c' }]);

function produceRequest(
  records: Uint8Array,
  changes: { acks?: number; topic?: string; index?: number; txn?: string } = {},
) {
  const { acks = -1, topic = 't', index = 0, txn = null } = changes;
  return {
    transactionalId: txn,
    acks,
    timeoutMs: 1_000,
    topicData: [{ name: topic, partitionData: [{ index, records }] }],
  };
}

function produce(client: WireClient, records: Uint8Array, changes: Parameters<typeof produceRequest>[1] = {}, v = 8) {
  return client.ask(produceApi, v, produceRequest(records, changes)).responses[0]!.partitionResponses[0]!;
}

interface FetchChanges {
  readonly maxWaitMs?: number;
  readonly committed?: boolean;
  readonly partitionMaxBytes?: number;
  readonly places?: readonly number[];
}

function fetchRequest(fetchOffset: number, changes: FetchChanges = {}) {
  const { maxWaitMs = 0, committed = false, partitionMaxBytes = 1_000_000, places = [0] } = changes;
  return {
    maxWaitMs,
    minBytes: 1,
    isolationLevel: committed ? 1 : 0,
    sessionId: 0,
    topics: [{ topic: 't', partitions: places.map((partition) => ({ partition, fetchOffset, partitionMaxBytes })) }],
    forgottenTopicsData: [],
    rackId: '',
  };
}

function fetch(client: WireClient, fetchOffset: number, changes: FetchChanges = {}) {
  return client.ask(fetchApi, 11, fetchRequest(fetchOffset, changes)).responses[0]!.partitions;
}

const sizeOf = (records: unknown) => (records as Uint8Array | null)?.length ?? 0;
const baseOf = (records: unknown) => Number(Buffer.from(records as Uint8Array).readBigInt64BE(0));

function offsetAt(client: WireClient, timestamp: number, isolationLevel = 0) {
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, timestamp }] }];
  return client.ask(listOffsetsApi, 7, { replicaId: -1, isolationLevel, topics, timeoutMs: 0 }).topics[0]!
    .partitions[0]!;
}

const metadataRequest = (names: readonly string[] | null, allowAutoTopicCreation = true) => ({
  topics: names?.map((name) => ({ topicId: NO_UUID, name })) ?? null,
  allowAutoTopicCreation,
  includeClusterAuthorizedOperations: false,
  includeTopicAuthorizedOperations: false,
});

function beginTransaction(client: WireClient, transactionalId = 'x') {
  const request = { transactionalId, transactionTimeoutMs: 60_000, producerId: -1, producerEpoch: -1 };
  const { producerId, producerEpoch } = client.ask(initProducerIdApi, 4, request);
  const topics = [{ name: 't', partitions: [0] }];
  client.ask(addPartitionsToTxnApi, 3, { transactionalId, producerId, producerEpoch, topics });
  const identity = { transactionalId, producerId, producerEpoch };
  const batch = (baseSequence: number, values = ['a', 'b', 'c']) =>
    batchBytes(
      values.map((value) => ({ value })),
      { id: producerId, epoch: producerEpoch, baseSequence, transactional: true },
    );
  return {
    send: (baseSequence: number) => produce(client, batch(baseSequence), { txn: transactionalId }).errorCode,
    end: (committed: boolean) => client.ask(endTxnApi, 3, { ...identity, committed }).errorCode,
  };
}

describe('the wire', () => {
  it('5: two pipelined requests are answered in their order, the second after the first has waited', () => {
    const { world, client } = start();
    const first = client.send(fetchApi, 11, fetchRequest(0, { maxWaitMs: 500 }));
    const second = client.send(metadataApi, 4, metadataRequest([]));
    world.clock.advanceTo(world.clock.now + 499);
    expect(client.transport.frame()).toBeUndefined();
    world.clock.advanceTo(world.clock.now + 1);
    const ids = [client.transport.frame(), client.transport.frame()].map((f) => Buffer.from(f ?? []).readInt32BE(0));
    expect(ids).toEqual([first, second]);
  });

  it('6: nothing comes back for acks 0, and an error closes the connection', () => {
    const { client } = start();
    client.send(produceApi, 8, produceRequest(three(), { acks: 0 }));
    expect([client.transport.written.length, client.transport.closed]).toEqual([0, false]);
    expect(offsetAt(client, -1).offset).toBe(3);
    client.send(produceApi, 8, produceRequest(three(), { acks: 0, topic: 'missing' }));
    expect([client.transport.written.length, client.transport.closed]).toEqual([0, true]);
  });

  it('8: no topics are none from version 1 on, null is all; in version 0 none are all', () => {
    const { client } = start();
    const count = (version: number, names: readonly string[] | null) =>
      client.ask(metadataApi, version, metadataRequest(names)).topics.length;
    expect([count(0, []), count(1, []), count(1, null)]).toEqual([1, 0, 1]);
  });

  it('9: DescribeTopicPartitions lists no eligible leaders as an empty list, not as null', () => {
    const { client } = start();
    const answer = client.ask(describeTopicPartitionsApi, 0, { topics: [{ name: 't' }], cursor: null });
    expect(answer.topics[0]?.partitions[0]).toMatchObject({ eligibleLeaderReplicas: [], lastKnownElr: [] });
  });

  it('10: FindCoordinator answers each key by itself, in the order of the request', () => {
    const { client } = start();
    const { coordinators } = client.ask(findCoordinatorApi, 4, { key: '', keyType: 0, coordinatorKeys: ['b', 'a'] });
    expect(coordinators.map(({ key, errorCode }) => [key, errorCode])).toEqual([
      ['b', 'NONE'],
      ['a', 'NONE'],
    ]);
  });
});

describe('log and fetch', () => {
  it('11: the stored batch differs from the sent one in its base offset and leader epoch alone', () => {
    const { client } = start();
    produce(client, three());
    const sent = three();
    produce(client, sent);
    const stored = Buffer.from(fetch(client, 3)[0]!.records as Uint8Array);
    const changed = [...stored.keys()].filter((at) => stored[at] !== sent[at]);
    expect(stored.length).toBe(sent.length);
    expect(changed.every((at) => at < 8 || (at >= 12 && at < 16))).toBe(true);
    expect(baseOf(stored)).toBe(3);
  });

  it('12: a fetch in the middle of a batch gives the whole batch with its own base offset', () => {
    const { client } = start();
    produce(client, three());
    const { records } = fetch(client, 2)[0]!;
    expect([sizeOf(records), baseOf(records)]).toEqual([three().length, 0]);
  });

  it('13: a fetch at the end gives nothing without an error, one beyond it OFFSET_OUT_OF_RANGE', () => {
    const { client } = start();
    produce(client, three());
    const [atEnd, beyond] = [fetch(client, 3)[0]!, fetch(client, 4)[0]!];
    expect([atEnd.errorCode, sizeOf(atEnd.records), beyond.errorCode]).toEqual(['NONE', 0, 'OFFSET_OUT_OF_RANGE']);
  });

  it('14: one byte still gives one whole batch of the first partition that has something, and no more', () => {
    const { client } = start({}, 2);
    produce(client, three());
    produce(client, three());
    produce(client, three(), { index: 1 });
    const partitions = fetch(client, 0, { partitionMaxBytes: 1, places: [0, 1] });
    expect(partitions.map(({ records }) => sizeOf(records))).toEqual([three().length, 0]);
  });

  it('15: a fetch that waits is answered by an append to any of its partitions', () => {
    const { world, client } = start({}, 2);
    client.send(fetchApi, 11, fetchRequest(0, { maxWaitMs: 10_000, places: [1, 0] }));
    expect(client.answer(fetchApi, 11)).toBeUndefined();
    produce(world.connect(), three());
    expect(client.answer(fetchApi, 11)?.responses[0]?.partitions.map(({ records }) => sizeOf(records))).toContain(
      three().length,
    );
  });

  it('16: a fetch that waits is answered at once when its topic is deleted', () => {
    const { world, client } = start();
    client.send(fetchApi, 11, fetchRequest(0, { maxWaitMs: 10_000 }));
    world.broker.cluster.deleteTopic('t');
    expect(client.answer(fetchApi, 11)?.responses[0]?.partitions[0]?.errorCode).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  });

  it('17, 19, 20: readers of committed records wait for the commit; its marker takes an offset', () => {
    const { world, client } = start();
    const txn = beginTransaction(client);
    expect(txn.send(0)).toBe('NONE');
    expect([offsetAt(client, -1, 1).offset, offsetAt(client, -1, 0).offset]).toEqual([0, 3]);
    const reader = world.connect();
    reader.send(fetchApi, 11, fetchRequest(0, { maxWaitMs: 10_000, committed: true }));
    world.clock.advanceTo(world.clock.now + 9_000);
    expect(reader.answer(fetchApi, 11)).toBeUndefined();
    expect(txn.end(true)).toBe('NONE');
    const partition = reader.answer(fetchApi, 11)?.responses[0]?.partitions[0];
    expect(partition).toMatchObject({ lastStableOffset: 4, highWatermark: 4 });
    expect(partition?.abortedTransactions ?? []).toEqual([]);
    expect(offsetAt(client, -1, 1).offset).toBe(4);
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

  it('21, 22: a time is found inside of a batch; the latest time may not be that of the last record', () => {
    const { client } = start();
    const at = (timestampMs: number) => ({ value: 'x', timestampMs });
    produce(client, batchBytes([at(1_000), at(3_000), at(2_000)]));
    expect(offsetAt(client, 1_500)).toMatchObject({ errorCode: 'NONE', offset: 1, timestamp: 3_000 });
    expect(offsetAt(client, 3_001)).toMatchObject({ errorCode: 'NONE', offset: -1 });
    expect(offsetAt(client, -3)).toMatchObject({ offset: 1, timestamp: 3_000 });
  });

  it('24: a write that is not in sync everywhere is refused for acks -1, and hidden for acks 1', () => {
    const world = new KafkaWorld({ nodes: 2 });
    world.broker.createTopic('t', { partitions: 1, replicationFactor: 2, config: { 'min.insync.replicas': '2' } });
    const leader = world.broker.cluster.partition('t', 0)!.leader;
    world.broker.stopNode(leader === 1 ? 2 : 1);
    const client = world.connect(leader);
    expect(produce(client, three()).errorCode).toBe('NOT_ENOUGH_REPLICAS');
    expect(world.broker.cluster.partition('t', 0)!.log.logEnd).toBe(0);
    expect(produce(client, three(), { acks: 1 }).errorCode).toBe('NONE');
    expect(offsetAt(client, -1).offset).toBe(0);
    world.broker.startNode(leader === 1 ? 2 : 1);
    expect(offsetAt(client, -1).offset).toBe(3);
  });

  it('25: min.insync.replicas counts no more than a partition has', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t', { config: { 'min.insync.replicas': '2' } });
    expect(produce(world.connect(), three()).errorCode).toBe('NONE');
  });

  it('27: a record without a key is refused by a compacted topic, and named', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t', { config: { 'cleanup.policy': 'compact' } });
    const answer = produce(world.connect(), batchBytes([{ key: 'k', value: 'a' }, { value: 'b' }]));
    expect(answer).toMatchObject({ errorCode: 'INVALID_RECORD', recordErrors: [{ batchIndex: 1 }] });
  });

  it('28: records are deleted up to the high watermark and not beyond, and not in a compacted topic', () => {
    const { world, client } = start();
    world.broker.createTopic('c', { config: { 'cleanup.policy': 'compact' } });
    produce(client, three());
    const remove = (name: string, offset: number) =>
      client.ask(deleteRecordsApi, 1, { topics: [{ name, partitions: [{ partitionIndex: 0, offset }] }], timeoutMs: 1 })
        .topics[0]!.partitions[0]!;
    expect(remove('t', 4).errorCode).toBe('OFFSET_OUT_OF_RANGE');
    expect(remove('t', -1)).toMatchObject({ errorCode: 'NONE', lowWatermark: 3 });
    expect(fetch(client, 0)[0]?.errorCode).toBe('OFFSET_OUT_OF_RANGE');
    expect(remove('c', 0).errorCode).toBe('POLICY_VIOLATION');
  });
});

describe('producers', () => {
  const batch = (baseSequence: number, id = 7, epoch = 0) => batchBytes([{ value: 'x' }], { id, epoch, baseSequence });

  it('29: one of the last five batches again gives its first offset; an older one is out of order', () => {
    const { client } = start();
    for (let sequence = 0; sequence < 6; sequence++) produce(client, batch(sequence));
    expect(produce(client, batch(1))).toMatchObject({ errorCode: 'NONE', baseOffset: 1 });
    expect(produce(client, batch(0)).errorCode).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(offsetAt(client, -1).offset).toBe(6);
  });

  it('30, 31: an unknown producer begins anywhere, a new epoch at 0; after the last sequence comes 0', () => {
    const { client } = start();
    expect(produce(client, batch(2_147_483_647)).errorCode).toBe('NONE');
    expect(produce(client, batch(0)).errorCode).toBe('NONE');
    expect(produce(client, batch(5, 7, 1)).errorCode).toBe('OUT_OF_ORDER_SEQUENCE_NUMBER');
    expect(produce(client, batch(0, 7, 1)).errorCode).toBe('NONE');
  });

  it('32: a batch of no producer is stored as often as it is sent, whatever its sequence', () => {
    const { client } = start();
    const records = batch(0, -1, -1);
    expect([produce(client, records).baseOffset, produce(client, records).baseOffset]).toEqual([0, 1]);
  });

  it('35, 37: only added partitions are written; a commit may be repeated, but not turned into an abort', () => {
    const { world, client } = start();
    const txn = beginTransaction(client);
    expect(txn.send(0)).toBe('NONE');
    expect([txn.end(true), txn.end(true), txn.end(false)]).toEqual(['NONE', 'NONE', 'INVALID_TXN_STATE']);
    expect(txn.send(3)).toBe('INVALID_TXN_STATE');
    expect(world.broker.cluster.partition('t', 0)!.log.logEnd).toBe(4);
  });
});

describe('topics', () => {
  it('53: a missing topic is made by a question that allows it, and no other', () => {
    const { world, client } = start();
    const code = (name: string, allow: boolean) =>
      client.ask(metadataApi, 4, metadataRequest([name], allow)).topics[0]?.errorCode;
    expect(code('never', false)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(code('never', false)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    code('made', true);
    world.clock.advanceTo(world.clock.now + 1);
    expect(code('made', true)).toBe('NONE');
    expect(code('a..b/c', true)).toBe('INVALID_TOPIC_EXCEPTION');
  });

  it('54: a topic that is made again has another id, begins at 0 and has no committed offsets', () => {
    const { world, client } = start();
    produce(client, three());
    const nobody = { memberId: '', instanceId: null, generationId: -1 };
    const commit = { topic: 't', partition: 0, offset: 2, leaderEpoch: -1, metadata: null };
    world.broker.groups.commitOffsets('g', nobody, [commit]);
    const id = () => client.ask(metadataApi, 12, metadataRequest(['t'])).topics[0]?.topicId;
    const before = id();
    world.broker.cluster.deleteTopic('t');
    world.broker.createTopic('t');
    expect(id()).not.toBe(before);
    expect(produce(client, three()).baseOffset).toBe(0);
    expect(world.broker.groups.fetchOffsets('g', [{ topic: 't', partition: 0 }])[0]?.offset).toBe(-1);
    const old = {
      ...fetchRequest(0),
      topics: [{ topicId: before, partitions: fetchRequest(0).topics[0]!.partitions }],
    };
    const answer = client.ask(fetchApi, 13, old as never);
    expect(answer.responses[0]?.partitions[0]?.errorCode).toBe('UNKNOWN_TOPIC_ID');
  });

  it('55, 56: names that differ in a dot alone collide; partitions only become more', () => {
    const { client } = start();
    const create = (name: string) => {
      const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
      return client.ask(createTopicsApi, 4, { topics: [topic], validateOnly: false }).topics[0]?.errorCode;
    };
    expect([create('a_b'), create('a.b')]).toEqual(['NONE', 'INVALID_TOPIC_EXCEPTION']);
    const topics = [{ name: 't', count: 1, assignments: null }];
    const answer = client.ask(createPartitionsApi, 1, { topics, timeoutMs: 1, validateOnly: false });
    expect(answer.results[0]?.errorCode).toBe('INVALID_PARTITIONS');
  });
});
