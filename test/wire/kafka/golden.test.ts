/** Requests captured from unmodified clients, without their size. They say what the client meant, write to the same
 * bytes again, and are answered. */
import { expect, test } from 'vitest';
import type { AnyApi } from '../../../src/wire/kafka/handler.js';
import { HANDLERS } from '../../../src/wire/kafka/handlers/index.js';
import { Reader } from '../../../src/wire/kafka/reader.js';
import { Writer } from '../../../src/wire/kafka/writer.js';
import { decodeResponse, KafkaWorld, withSize } from '../../helpers/kafka-wire.js';

const FIRST_JOIN = { memberId: '', groupInstanceId: null, protocolType: 'consumer' };

const CAPTURED: ReadonlyArray<readonly [what: string, hex: string, body: object]> = [
  ['ApiVersions v2, kafkajs, client "c"', '0012000200000000000163', {}],
  [
    'ApiVersions v3, librdkafka 2.0.2',
    '0012000300000001000772646b61666b61000b6c696272646b61666b6106322e302e3200',
    { clientSoftwareName: 'librdkafka', clientSoftwareVersion: '2.0.2' },
  ],
  [
    'ApiVersions v4, Java admin',
    '0012000400000000000d61646d696e636c69656e742d3100126170616368652d6b61666b612d6a61766106342e302e3000',
    { clientSoftwareName: 'apache-kafka-java', clientSoftwareVersion: '4.0.0' },
  ],
  [
    'Metadata v4 topics=[t1] auto-create, librdkafka',
    '0003000400000002000772646b61666b61000000010002743101',
    { topics: [{ name: 't1' }], allowAutoTopicCreation: true },
  ],
  [
    'Metadata v6 topics=[t1], kafkajs',
    '0003000600000001000163000000010002743101',
    { topics: [{ name: 't1' }], allowAutoTopicCreation: true },
  ],
  [
    'Metadata v12 topics=[] Java admin',
    '0003000c00000001000d61646d696e636c69656e742d310001010000',
    { topics: [], allowAutoTopicCreation: true, includeTopicAuthorizedOperations: false },
  ],
  [
    'InitProducerId v5, no txn id, Java',
    '0016000500000002000a70726f64756365722d3100007fffffffffffffffffffffffffff00',
    { transactionalId: null, transactionTimeoutMs: 0x7fffffff, producerId: -1, producerEpoch: -1 },
  ],
  [
    'FindCoordinator v6 key "jtx" type 1, Java',
    '000a000600000002000c70726f64756365722d6a7478000102046a747800',
    { keyType: 1, coordinatorKeys: ['jtx'] },
  ],
  ['FindCoordinator v2 "g1" type 0, kafkajs', '000a0002000000020001630002673100', { key: 'g1', keyType: 0 }],
  [
    'JoinGroup v5, kafkajs',
    '000b00050000000300016300026731000075300000ea600000ffff0008636f6e73756d6572000000010012526f756e64526f62696e41737369676e65720000000e0000000000010002743100000000',
    {
      groupId: 'g1',
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 60_000,
      ...FIRST_JOIN,
      protocols: [{ name: 'RoundRobinAssigner' }],
    },
  ],
  [
    'JoinGroup v5, librdkafka (range, roundrobin; subscription v1)',
    '000b000500000002000772646b61666b61000267310000afc8000493e00000ffff0008636f6e73756d657200000002000572616e676500000012000100000001000274310000000000000000000a726f756e64726f62696e00000012000100000001000274310000000000000000',
    {
      groupId: 'g1',
      sessionTimeoutMs: 45_000,
      rebalanceTimeoutMs: 300_000,
      ...FIRST_JOIN,
      protocols: [{ name: 'range' }, { name: 'roundrobin' }],
    },
  ],
  [
    'JoinGroup v9, Java (range, cooperative-sticky; subscription v3)',
    '000b0009000000050014636f6e73756d65722d6a67636c61737369632d31000a6a67636c61737369630000afc8000493e0010009636f6e73756d6572030672616e67651900030000000100026a74ffffffff00000000ffffffffffff0013636f6f70657261746976652d737469636b791d00030000000100026a7400000004ffffffff00000000ffffffffffff000100',
    {
      groupId: 'jgclassic',
      sessionTimeoutMs: 45_000,
      rebalanceTimeoutMs: 300_000,
      ...FIRST_JOIN,
      protocols: [{ name: 'range' }, { name: 'cooperative-sticky' }],
      reason: '',
    },
  ],
  [
    'OffsetFetch v9 (group jgclassic, jt 0–2, member null/−1, stable), Java',
    '00090009000000090014636f6e73756d65722d6a67636c61737369632d3100020a6a67636c617373696300ffffffff02036a740400000002000000010000000000000100',
    {
      groups: [
        {
          groupId: 'jgclassic',
          memberId: null,
          memberEpoch: -1,
          topics: [{ name: 'jt', partitionIndexes: [2, 1, 0] }],
        },
      ],
      requireStable: true,
    },
  ],
  [
    'ListOffsets v10 (jt-0, −2, isolation 1), Java',
    '0002000a0000000b0014636f6e73756d65722d6a67636c61737369632d3100ffffffff0102036a74020000000100000000fffffffffffffffe00000000753000',
    {
      replicaId: -1,
      isolationLevel: 1,
      topics: [{ name: 'jt', partitions: [{ partitionIndex: 1, currentLeaderEpoch: 0, timestamp: -2 }] }],
      timeoutMs: 30_000,
    },
  ],
  [
    'Fetch v11, librdkafka (t1-0 @0)',
    '0001000b00000007000772646b61666b61ffffffff000001f400000001032000000100000000ffffffff00000001000274310000000100000000ffffffff0000000000000000ffffffffffffffff00100000000000000000',
    {
      replicaId: -1,
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 52_428_800,
      isolationLevel: 1,
      sessionId: 0,
      sessionEpoch: -1,
      topics: [
        {
          topic: 't1',
          partitions: [
            { partition: 0, currentLeaderEpoch: -1, fetchOffset: 0, logStartOffset: -1, partitionMaxBytes: 1_048_576 },
          ],
        },
      ],
      forgottenTopicsData: [],
      rackId: '',
    },
  ],
  [
    'Fetch v17 by topic id, session create, Java',
    '000100110000000f0014636f6e73756d65722d6a67636c61737369632d3100000001f40000000103200000010000000000000000027f35f0d26e8d134e732aa21b99edb1400200000001000000000000000000000000ffffffffffffffffffffffff001000000000010100',
    {
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 52_428_800,
      isolationLevel: 1,
      sessionId: 0,
      sessionEpoch: 0,
      topics: [
        {
          topicId: '7f35f0d2-6e8d-134e-732a-a21b99edb140',
          partitions: [
            {
              partition: 1,
              currentLeaderEpoch: 0,
              fetchOffset: 0,
              lastFetchedEpoch: -1,
              logStartOffset: -1,
              partitionMaxBytes: 1_048_576,
            },
          ],
        },
      ],
      forgottenTopicsData: [],
      rackId: '',
    },
  ],
  [
    'Produce v7 (k1:v1, header h=x, ts 1700000000000), kafkajs',
    '0000000700000003000163ffffffff00007530000000010002743100000001000000010000004c00000000000000000000004000000000025dc6bfc30000000000000000018bcfe568000000018bcfe56800ffffffffffffffff000000000000000000011c000000046b310476310202680278',
    { transactionalId: null, acks: -1, timeoutMs: 30_000, topicData: [{ name: 't1', partitionData: [{ index: 1 }] }] },
  ],
];

test.each(CAPTURED)('%s', (_what, hex, said) => {
  const frame = Buffer.from(hex, 'hex');
  const reader = new Reader(frame);
  const key = reader.int16();
  const version = reader.int16();
  const api = HANDLERS.find((handler) => handler.api.key === key)?.api;
  expect(api?.accepts(version, 'standard')).toBe(true);
  const codec = api?.codec(version);
  reader.int32();
  reader.legacyText();
  if (codec?.flexible) reader.tags();
  const bodyAt = reader.position;
  const body = codec?.request.read(reader);
  expect(reader.remaining).toBe(0);
  expect(body).toMatchObject(said);
  const writer = new Writer();
  codec?.request.write(writer, body as never);
  expect(Buffer.from(writer.bytes()).toString('hex')).toBe(frame.subarray(bodyAt).toString('hex'));
  // A broker answers it, in the same version.
  const world = new KafkaWorld();
  world.broker.createTopic('t1');
  const client = world.connect();
  client.session.receive(withSize(frame));
  world.clock.advanceTo(world.clock.now + 3_000);
  expect(client.transport.closed).toBe(false);
  const answer = client.transport.frame() as Uint8Array;
  expect([...answer.subarray(0, 4)]).toEqual([...frame.subarray(4, 8)]);
  expect(() => decodeResponse(api as AnyApi, version, answer)).not.toThrow();
});
