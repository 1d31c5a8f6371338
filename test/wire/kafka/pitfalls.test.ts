/** What other servers of this protocol get wrong, over the wire: log, fetch, producers, topics and the protocol itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../../src/models/kafka/crc32c.js';
import type { KafkaOptions } from '../../../src/models/kafka/index.js';
import type { Fields } from '../../../src/wire/kafka/field.js';
import type { AnyApi } from '../../../src/wire/kafka/handler.js';
import { apiVersionsApi } from '../../../src/wire/kafka/handlers/api-versions.js';
import { consumerGroupHeartbeatApi } from '../../../src/wire/kafka/handlers/consumer-group-heartbeat.js';
import { createPartitionsApi } from '../../../src/wire/kafka/handlers/create-partitions.js';
import { createTopicsApi } from '../../../src/wire/kafka/handlers/create-topics.js';
import { deleteRecordsApi } from '../../../src/wire/kafka/handlers/delete-records.js';
import { describeTopicPartitionsApi } from '../../../src/wire/kafka/handlers/describe-topic-partitions.js';
import { fetchApi } from '../../../src/wire/kafka/handlers/fetch.js';
import { findCoordinatorApi } from '../../../src/wire/kafka/handlers/find-coordinator.js';
import { HANDLERS } from '../../../src/wire/kafka/handlers/index.js';
import { metadataApi } from '../../../src/wire/kafka/handlers/metadata.js';
import { produceApi } from '../../../src/wire/kafka/handlers/produce.js';
import { NO_UUID, Reader } from '../../../src/wire/kafka/reader.js';
import {
  baseOf,
  batchRequest,
  fetch,
  fetched,
  offsetAt,
  produce,
  readOn,
  readRequest,
  sizeOf,
  three,
} from '../../helpers/kafka-ask.js';
import { contentOf } from '../../helpers/kafka-content.js';
import { batchBytes } from '../../helpers/kafka-model.js';
import { offeredVersions } from '../../helpers/kafka-versions.js';
import { encodeRequest, KafkaWorld, type WireClient, withSize } from '../../helpers/kafka-wire.js';

function start(options: KafkaOptions = {}, partitions = 1): { world: KafkaWorld; client: WireClient } {
  const world = new KafkaWorld(options);
  world.broker.createTopic('t', { partitions });
  return { world, client: world.connect() };
}

const metadataRequest = (names: readonly string[] | null, allowAutoTopicCreation = true) => ({
  topics: names?.map((name) => ({ topicId: NO_UUID, name })) ?? null,
  allowAutoTopicCreation,
  includeClusterAuthorizedOperations: false,
  includeTopicAuthorizedOperations: false,
});

/** A topic whose leader has three records that its other replica has not: nobody may see them. */
function startHidden() {
  const world = new KafkaWorld({ nodes: 2 });
  world.broker.createTopic('t', { partitions: 1, assignments: [[1, 2]], config: { 'min.insync.replicas': '2' } });
  world.broker.stopNode(2);
  const client = world.connect(1);
  expect(produce(client, three(), { acks: 1 }).errorCode).toBe('NONE');
  return { world, client, follower: 2 };
}

/** A request of random content in each flexible version that is offered. */
const FLEXIBLE = HANDLERS.flatMap(({ api }) =>
  offeredVersions(api)
    .filter((version) => api.accepts(version, 'standard') && api.codec(version).flexible)
    .map((version) => {
      const fields = Object.entries(api.definition.request as Fields);
      const untagged = Object.fromEntries(fields.filter(([, { options }]) => options.tag === undefined));
      const [body] = fc.sample(contentOf({ kind: 'struct', fields: untagged }), { numRuns: 1, seed: 1 });
      return { api: api as AnyApi, version, request: encodeRequest(api as AnyApi, version, body as never) };
    }),
);

/** What a broker of its own answers to a whole request, with all the time that it may take. */
function answerTo(request: Uint8Array): { frame: Uint8Array | undefined; closed: boolean } {
  const { world, client } = start();
  client.session.receive(request);
  world.clock.advanceTo(world.clock.now + 86_400_000, { liveness: true });
  expect(world.errors).toEqual([]);
  return { frame: client.transport.frame(), closed: client.transport.closed };
}

describe('the wire', () => {
  it('1: the header of an answer has a tag section in flexible versions, but never that of ApiVersions', () => {
    const answered = new Set<string>();
    for (const { api, version, request } of FLEXIBLE) {
      const { frame } = answerTo(request);
      if (!frame) continue;
      answered.add(api.name);
      const bodyAt = api === apiVersionsApi ? 4 : 5;
      if (bodyAt === 5) expect(frame[4], api.name).toBe(0);
      const reader = new Reader(frame, bodyAt);
      api.codec(version).response.read(reader);
      expect(reader.remaining, `${api.name} ${version}`).toBe(0);
    }
    expect([...answered]).toEqual([...new Set(FLEXIBLE.map(({ api }) => api.name))]);
  });

  it('2: ApiVersions of an unknown version is answered in version 0 with one key, and may be asked again', () => {
    const { client } = start();
    client.session.receive(withSize(Buffer.from('001200630000000700016300', 'hex')));
    // Correlation id 7, error 35, one key: 18 with versions 0 to 4.
    expect(Buffer.from(client.transport.frame() ?? []).toString('hex')).toBe('00000007002300000001001200000004');
    const names = { clientSoftwareName: 'a', clientSoftwareVersion: '1' };
    expect(client.ask(apiVersionsApi, 3, names).apiKeys.length).toBe(HANDLERS.length);
  });

  it('3: the header of a flexible request has its client id as in all others', () => {
    const { world, client } = start();
    const plain = `0008${Buffer.from('plain-id').toString('hex')}`;
    // Heartbeat of ConsumerGroupHeartbeat 0: group g, member m, epoch 0, timeout 1000, topic t, nothing held.
    const body = '0267' + '026d' + '00000000' + '00' + '00' + '000003e8' + '020274' + '00' + '01' + '00';
    client.session.receive(withSize(Buffer.from(`0044000000000001${plain}00${body}`, 'hex')));
    expect(client.answer(consumerGroupHeartbeatApi, 0)?.errorCode).toBe('NONE');
    expect(world.broker.groups.modern('g')?.members.get('m')?.clientId).toBe('plain-id');
  });

  it('4: tags that are not known change no answer, in no API and no flexible version', () => {
    for (const { api, version, request } of FLEXIBLE) {
      const unknown = Buffer.from('01' + 'e807' + '03' + 'aabbcc', 'hex');
      const tagged = withSize(Buffer.concat([request.subarray(4, -1), unknown]));
      expect(answerTo(tagged), `${api.name} ${version}`).toEqual(answerTo(request));
    }
  });

  it('5: two pipelined requests are answered in their order, the second after the first has waited', () => {
    const { world, client } = start();
    const first = client.send(fetchApi, 11, readRequest(0, { maxWaitMs: 500 }));
    const second = client.send(metadataApi, 4, metadataRequest([]));
    world.clock.advanceTo(world.clock.now + 499);
    expect(client.transport.frame()).toBeUndefined();
    world.clock.advanceTo(world.clock.now + 1);
    const ids = [client.transport.frame(), client.transport.frame()].map((f) => Buffer.from(f ?? []).readInt32BE(0));
    expect(ids).toEqual([first, second]);
  });

  it('6: nothing comes back for acks 0, and an error closes the connection', () => {
    const { client } = start();
    client.send(produceApi, 8, batchRequest(three(), { acks: 0 }));
    expect([client.transport.written.length, client.transport.closed]).toEqual([0, false]);
    expect(offsetAt(client, -1).offset).toBe(3);
    client.send(produceApi, 8, batchRequest(three(), { acks: 0, topic: 'missing' }));
    expect([client.transport.written.length, client.transport.closed]).toEqual([0, true]);
  });

  it('7: a version of Produce that is listed for old clients alone closes the connection', () => {
    const { client } = start();
    const names = { clientSoftwareName: 'a', clientSoftwareVersion: '1' };
    const { apiKeys } = client.ask(apiVersionsApi, 3, names);
    expect(apiKeys[0]).toMatchObject({ apiKey: 0, minVersion: 0, maxVersion: 11 });
    // Produce 2: acks 1, timeout 1000, no topics.
    client.session.receive(
      withSize(Buffer.from('0000' + '0002' + '00000001' + '000163' + '0001000003e800000000', 'hex')),
    );
    expect([client.transport.closed, client.transport.frame()]).toEqual([true, undefined]);
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

  it('13: a fetch up to the end gives nothing without an error, even of what is hidden; beyond it OFFSET_OUT_OF_RANGE', () => {
    const { client } = start();
    produce(client, three());
    const at = (from: WireClient, offset: number) => {
      const { errorCode, records, highWatermark } = fetch(from, offset)[0]!;
      return [errorCode, sizeOf(records), highWatermark];
    };
    expect(at(client, 3)).toEqual(['NONE', 0, 3]);
    expect(at(client, 4)[0]).toBe('OFFSET_OUT_OF_RANGE');
    const { client: leader } = startHidden();
    expect([0, 2, 3].map((offset) => at(leader, offset))).toEqual(Array(3).fill(['NONE', 0, 0]));
    expect(at(leader, 4)[0]).toBe('OFFSET_OUT_OF_RANGE');
  });

  it('14: one byte still gives one whole batch of the first partition that has something, and no more', () => {
    const { client } = start({}, 2);
    produce(client, three());
    produce(client, three());
    produce(client, three(), { index: 1 });
    const partitions = fetch(client, 0, { partitionMaxBytes: 1, places: [0, 1] });
    expect(partitions.map(({ records }) => sizeOf(records))).toEqual([three().length, 0]);
  });

  it('15: a fetch that waits is answered within a millisecond of an append to any of its partitions', () => {
    for (const index of [0, 1]) {
      const { world, client } = start({}, 2);
      client.send(fetchApi, 11, readRequest(0, { maxWaitMs: 10_000, places: [1, 0] }));
      world.clock.advanceTo(world.clock.now + 5_000);
      expect(client.transport.written).toEqual([]);
      produce(world.connect(), three(), { index });
      const partitions = client.answer(fetchApi, 11)?.responses[0]?.partitions;
      const sizes = partitions?.map(({ partitionIndex, records }) => [partitionIndex, sizeOf(records)]);
      expect(sizes).toEqual([1, 0].map((place) => [place, place === index ? three().length : 0]));
    }
  });

  it('16: a fetch that waits is answered at once when its topic is deleted, or made again, or the leader moves', () => {
    const { world, client } = start();
    const topicId = world.broker.cluster.topic('t')!.id;
    const byId = world.connect();
    client.send(fetchApi, 11, readRequest(0, { maxWaitMs: 10_000 }));
    byId.send(fetchApi, 13, readRequest(0, { maxWaitMs: 10_000, topicId }));
    expect([client.transport.written, byId.transport.written]).toEqual([[], []]);
    world.broker.cluster.deleteTopic('t');
    expect(fetched(client)?.errorCode).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(fetched(byId, 13)?.errorCode).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    const moving = new KafkaWorld({ nodes: 2 });
    moving.broker.createTopic('t', { partitions: 1, assignments: [[1, 2]] });
    moving.broker.stopNode(1);
    moving.broker.startNode(1);
    const [old, knowing, reader] = [moving.connect(2), moving.connect(2), moving.connect(2)];
    const request = readRequest(0, { maxWaitMs: 10_000 });
    const [topic] = request.topics;
    const partitions = topic?.partitions.map((partition) => ({ ...partition, currentLeaderEpoch: 1 })) ?? [];
    old.send(fetchApi, 10, request);
    knowing.send(fetchApi, 12, { ...request, topics: [{ ...topic, partitions }] });
    reader.send(fetchApi, 12, request);
    expect([old, knowing, reader].map(({ transport }) => transport.written.length)).toEqual([0, 0, 0]);
    moving.broker.cluster.electPreferredLeaders();
    expect(fetched(old, 10)?.errorCode).toBe('NOT_LEADER_OR_FOLLOWER');
    expect(fetched(knowing, 12)?.errorCode).toBe('FENCED_LEADER_EPOCH');
    // Since version 11 consumers read from followers, too.
    expect(reader.transport.written).toEqual([]);
  });

  it('21, 22: a time is found inside of a batch; the latest time may not be that of the last record', () => {
    const { client } = start();
    const at = (timestampMs: number) => ({ value: 'x', timestampMs });
    produce(client, batchBytes([at(1_000), at(3_000), at(2_000)]));
    expect(offsetAt(client, 1_500)).toMatchObject({ errorCode: 'NONE', offset: 1, timestamp: 3_000 });
    expect(offsetAt(client, 3_001)).toMatchObject({ errorCode: 'NONE', offset: -1 });
    expect(offsetAt(client, -3)).toMatchObject({ offset: 1, timestamp: 3_000 });
  });

  it('23: a topic that stamps times says so in the answer, the batch and every record, with a good checksum', () => {
    const { world } = start();
    world.broker.cluster.deleteTopic('t');
    world.broker.createTopic('t', { config: { 'message.timestamp.type': 'LogAppendTime' } });
    const client = world.connect();
    const { now } = world.clock;
    expect(produce(client, three()).logAppendTimeMs).toBe(now);
    const stored = Buffer.from(fetch(client, 0)[0]!.records as Uint8Array);
    expect([stored.readInt16BE(21) & 8, Number(stored.readBigInt64BE(35))]).toEqual([8, now]);
    expect(stored.readUInt32BE(17)).toBe(crc32c(stored, 21));
    const records = world.broker.topic('t').records();
    expect(records.map(({ timestampMs }) => timestampMs)).toEqual([now, now, now]);
    expect(offsetAt(client, now)).toMatchObject({ offset: 0, timestamp: now });
  });

  it('24: a write that is not in sync everywhere is refused for acks -1, and hidden for acks 1', () => {
    const { world, client, follower } = startHidden();
    expect(produce(client, three()).errorCode).toBe('NOT_ENOUGH_REPLICAS');
    expect(world.broker.cluster.partition('t', 0)!.log.logEnd).toBe(3);
    expect(offsetAt(client, -1).offset).toBe(0);
    expect(sizeOf(fetch(client, 0)[0]?.records)).toBe(0);
    world.broker.startNode(follower);
    expect(offsetAt(client, -1).offset).toBe(3);
    expect(sizeOf(fetch(client, 0)[0]?.records)).toBe(three().length);
  });

  it('25: min.insync.replicas counts no more than a partition has', () => {
    const world = new KafkaWorld();
    world.broker.createTopic('t', { config: { 'min.insync.replicas': '2' } });
    expect(produce(world.connect(), three()).errorCode).toBe('NONE');
  });

  it('26: by size no more goes than leaves retention.bytes; who reads below the start is out of range', () => {
    const world = new KafkaWorld();
    const size = three().length;
    world.broker.createTopic('t', {
      config: { 'segment.bytes': `${size}`, 'retention.bytes': `${size * 3 - 1}`, 'retention.ms': '-1' },
    });
    const client = world.connect();
    for (let batch = 0; batch < 6; batch++) produce(client, three());
    world.clock.advanceTo(world.clock.now + 300_000);
    expect([offsetAt(client, -2).offset, offsetAt(client, -1).offset]).toEqual([9, 18]);
    expect(fetch(client, 8)[0]).toMatchObject({ errorCode: 'OFFSET_OUT_OF_RANGE' });
    expect(fetch(client, 9)[0]).toMatchObject({ errorCode: 'NONE', logStartOffset: 9 });
  });

  it('27: compaction leaves gaps, spares the active segment, and keeps a tombstone for delete.retention.ms', () => {
    const world = new KafkaWorld();
    const config = { 'cleanup.policy': 'compact', 'segment.bytes': '80', 'delete.retention.ms': '1000' };
    world.broker.createTopic('t', { config });
    const client = world.connect();
    const put = (key: string, value: string | null) =>
      produce(client, batchBytes([{ key, value, timestampMs: world.clock.now }]));
    for (const value of ['1', '2', null]) put('a', value);
    put('b', '1');
    put('b', '2');
    const offsets = () => {
      const kept = readOn(client);
      const found: number[] = [];
      for (let at = 0; at < kept.length; at += 12 + kept.readInt32BE(at + 8)) {
        if (kept.readInt32BE(at + 57) > 0) found.push(Number(kept.readBigInt64BE(at)));
      }
      return found;
    };
    const compactAfter = (ms: number) => {
      world.clock.advanceTo(world.clock.now + ms);
      world.broker.runCompaction();
      return offsets();
    };
    expect(compactAfter(0)).toEqual([2, 3, 4]);
    expect(compactAfter(999)).toEqual([2, 3, 4]);
    put('c', '1');
    expect(compactAfter(2)).toEqual([4, 5]);
    expect(offsetAt(client, -2).offset).toBe(0);
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
});

describe('topics', () => {
  it('53: a missing topic is made by a question that allows it, and no other', () => {
    const { world, client } = start();
    const code = (name: string, allow: boolean) =>
      client.ask(metadataApi, 4, metadataRequest([name], allow)).topics[0]?.errorCode;
    expect(code('never', false)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(code('never', false)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
    expect(code('made', true)).toBe('UNKNOWN_TOPIC_OR_PARTITION');
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
      ...readRequest(0),
      topics: [{ topicId: before, partitions: readRequest(0).topics[0]!.partitions }],
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
