/** kafkajs, unmodified, over a loopback socket. */
import { createRequire } from 'node:module';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  CompressionCodecs,
  CompressionTypes,
  ConfigResourceTypes,
  ResourcePatternTypes,
} from 'kafkajs';
import { expect, test } from 'vitest';
import { decompress } from '../../../src/models/kafka/compression.js';
import { connect, EAGER, kafkajsClient, startTestBroker, Tally } from './client.js';

// Packages without types of their own.
const require = createRequire(import.meta.url);
const lz4 = require('lz4js') as { compress(bytes: Uint8Array): Uint8Array };
const snappy = require('snappyjs') as { compress(bytes: Uint8Array): Uint8Array };

const COUNT = 10_000;

test('10 000 records are read exactly once by a group of two, and again by another group', async () => {
  const kafka = kafkajsClient(await startTestBroker());
  const admin = await connect(kafka.admin());
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 4 }] });
  const producer = await connect(kafka.producer());
  for (let from = 0; from < COUNT; from += 1_000) {
    await producer.send({
      topic: 'orders',
      compression: from % 2_000 === 0 ? CompressionTypes.GZIP : CompressionTypes.None,
      messages: Array.from({ length: 1_000 }, (_, at) => ({
        key: `key-${(from + at) % 50}`,
        value: `value-${from + at}`,
        headers: { n: `${from + at}` },
      })),
    });
  }

  const tally = new Tally(COUNT);
  const members = [];
  for (let member = 1; member <= 2; member++) {
    const consumer = await connect(kafka.consumer({ groupId: 'billing', ...EAGER }));
    members.push(consumer);
    await consumer.subscribe({ topic: 'orders', fromBeginning: true });
    await consumer.run({
      eachMessage: async (payload) => {
        tally.add(payload);
      },
    });
  }
  await tally.done;
  const values = tally.seen.map(({ message }) => `${message.value}`);
  expect(new Set(values).size).toBe(COUNT);
  expect(values.length).toBe(COUNT);
  for (const { message, partition } of tally.seen.slice(0, 100)) {
    expect(`value-${message.headers?.n}`).toBe(`${message.value}`);
    expect(partition).toBe(tally.seen.find((other) => `${other.message.key}` === `${message.key}`)?.partition);
  }

  for (const member of members) await member.stop();
  const [committed] = await admin.fetchOffsets({ groupId: 'billing', topics: ['orders'] });
  const sum = committed?.partitions.reduce((total, { offset }) => total + Number(offset), 0);
  expect(sum).toBe(COUNT);

  const again = new Tally(COUNT);
  const third = await connect(kafka.consumer({ groupId: 'audit', ...EAGER }));
  await third.subscribe({ topic: 'orders', fromBeginning: true });
  await third.run({ eachMessage: async (payload) => again.add(payload) });
  await again.done;
  expect(new Set(again.seen.map(({ message }) => `${message.value}`)).size).toBe(COUNT);
});

test('the first message through a new group arrives in under 50 ms, with the defaults of kafkajs', async () => {
  const kafka = kafkajsClient(await startTestBroker());
  const admin = await connect(kafka.admin());
  const producer = await connect(kafka.producer());
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const topic = `round-${round}`;
    await admin.createTopics({ topics: [{ topic }] });
    await producer.send({ topic, messages: [{ value: 'hi' }] });
    const consumer = kafka.consumer({ groupId: `g${round}` });
    const tally = new Tally(1);
    const started = performance.now();
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ eachMessage: async (payload) => tally.add(payload) });
    await tally.done;
    times.push(performance.now() - started);
    // It waits for data behind the first message: one more lets it go at once.
    const stopped = consumer.disconnect();
    await producer.send({ topic, messages: [{ value: 'bye' }] });
    await stopped;
  }
  // The others measure how busy the machine is.
  expect(Math.min(...times)).toBeLessThan(50);
});

test('every codec of a plug-in passes through, and is unfolded for native readers', async () => {
  const codec = (compress: (bytes: Buffer) => Uint8Array, number: number) => () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => Buffer.from(compress(buffer)),
    decompress: async (bytes: Buffer) => Buffer.from(decompress(number, bytes, 1_000_000)),
  });
  CompressionCodecs[CompressionTypes.Snappy] = codec((bytes) => snappy.compress(bytes), 2);
  CompressionCodecs[CompressionTypes.LZ4] = codec((bytes) => lz4.compress(bytes), 3);
  CompressionCodecs[CompressionTypes.ZSTD] = codec(zstdStored, 4);
  const broker = await startTestBroker();
  const kafka = kafkajsClient(broker);
  const producer = await connect(kafka.producer());
  broker.kafka.createTopic('t');
  const types = ['None', 'GZIP', 'Snappy', 'LZ4', 'ZSTD'] as const;
  for (const type of types) {
    const messages = [{ key: type, value: type.padEnd(200, 'x') }];
    await producer.send({ topic: 't', compression: CompressionTypes[type], messages });
  }
  const tally = new Tally(types.length);
  const consumer = await connect(kafka.consumer({ groupId: 'g', ...EAGER }));
  await consumer.subscribe({ topic: 't', fromBeginning: true });
  await consumer.run({ eachMessage: async (payload) => tally.add(payload) });
  await tally.done;
  expect(tally.seen.map(({ message }) => `${message.key}`)).toEqual([...types]);
  expect(tally.values).toEqual(types.map((type) => type.padEnd(200, 'x')));
  expect(
    broker.kafka
      .topic('t')
      .records()
      .map((record) => [record.key, record.text().length]),
  ).toEqual(types.map((type) => [type, 200]));
});

/** A zstd frame whose blocks are stored as they are. */
function zstdStored(bytes: Buffer): Uint8Array {
  const header = Buffer.from('28b52ffda000000000000000', 'hex');
  header.writeUInt32LE(bytes.length, 5);
  header.writeUIntLE((bytes.length << 3) | 1, 9, 3);
  return Buffer.concat([header, bytes]);
}

test('transactions: what was committed is read, what was aborted is not, offsets go with them', async () => {
  const broker = await startTestBroker();
  const kafka = kafkajsClient(broker);
  broker.kafka.createTopic('t');
  const producer = await connect(kafka.producer({ transactionalId: 'tx', maxInFlightRequests: 1, idempotent: true }));
  for (const [value, commits] of [
    ['a', true],
    ['b', false],
    ['c', true],
  ] as const) {
    const transaction = await producer.transaction();
    await transaction.send({ topic: 't', messages: [{ value }] });
    await transaction.sendOffsets({ consumerGroupId: 'in', topics: [{ topic: 'in', partitions: [] }] });
    await (commits ? transaction.commit() : transaction.abort());
  }
  const tally = new Tally(2);
  const consumer = await connect(kafka.consumer({ groupId: 'g', ...EAGER }));
  await consumer.subscribe({ topic: 't', fromBeginning: true });
  await consumer.run({ eachMessage: async (payload) => tally.add(payload) });
  await tally.done;
  expect(tally.values).toEqual(['a', 'c']);
  expect(
    broker.kafka
      .topic('t')
      .records()
      .map((record) => record.text()),
  ).toEqual(['a', 'c']);
  expect(broker.kafka.topic('t').partitions[0]).toMatchObject({ logEnd: 6, lastStable: 6 });
});

test.each([
  ['commit', 5],
  ['abort', undefined],
] as const)('offsets in a transaction that ends with %s', async (end, committed) => {
  const broker = await startTestBroker();
  broker.kafka.createTopic('in');
  const producer = await connect(
    kafkajsClient(broker).producer({ transactionalId: 'tx', maxInFlightRequests: 1, idempotent: true }),
  );
  const transaction = await producer.transaction();
  const topics = [{ topic: 'in', partitions: [{ partition: 0, offset: '5' }] }];
  await transaction.sendOffsets({ consumerGroupId: 'g', topics });
  await transaction[end]();
  expect(broker.kafka.group('g').committed('in', 0)).toBe(committed);
});

test('a member that leaves hands its partitions over, which are read from where they were committed', async () => {
  const broker = await startTestBroker();
  broker.kafka.createTopic('t', { partitions: 4 });
  const kafka = kafkajsClient(broker);
  const group = broker.kafka.group('g');
  const tallies: Tally[] = [];
  const join = async (count: number) => {
    const tally = new Tally(count);
    tallies.push(tally);
    const consumer = await connect(kafka.consumer({ groupId: 'g', ...EAGER }));
    await consumer.subscribe({ topic: 't', fromBeginning: true });
    await consumer.run({ eachMessage: async (payload) => tally.add(payload) });
    return consumer;
  };
  const fill = (mark: string) => {
    for (let n = 0; n < 40; n++) broker.kafka.produce('t', { value: `${mark}${n}`, partition: n % 4 });
  };
  const first = await join(20);
  await join(60);
  await group.stable({ members: 2 });
  fill('a');
  await group.caughtUp();
  await first.disconnect();
  await group.stable({ members: 1 });
  expect(group.members[0]?.assignment).toEqual([{ topic: 't', partitions: [0, 1, 2, 3] }]);
  fill('b');
  await group.caughtUp();
  const [left, stayed] = tallies.map(({ values }) => values);
  expect(stayed?.filter((value) => value.startsWith('b')).length).toBe(40);
  expect(left?.length).toBe(20);
  expect(new Set([...(left ?? []), ...(stayed ?? [])]).size).toBe(80);
  expect(left?.length).toBe(80 - (stayed?.length ?? 0));
});

test('the admin client sees groups, and deletes them when nobody is left', async () => {
  const broker = await startTestBroker();
  broker.kafka.createTopic('t');
  const kafka = kafkajsClient(broker);
  const admin = await connect(kafka.admin());
  const consumer = await connect(kafka.consumer({ groupId: 'g', ...EAGER }));
  await consumer.subscribe({ topic: 't' });
  await consumer.run({ eachMessage: async () => {} });
  await broker.kafka.group('g').stable({ members: 1 });
  expect((await admin.listGroups()).groups).toEqual([{ groupId: 'g', protocolType: 'consumer' }]);
  expect((await admin.describeGroups(['g'])).groups[0]).toMatchObject({ state: 'Stable', members: [{}] });
  await expect(admin.deleteGroups(['g'])).rejects.toThrow();
  await consumer.disconnect();
  await admin.deleteGroups(['g']);
  expect(broker.kafka.group('g').state).toBe('Dead');
});

test('the admin client makes, grows, describes, changes and deletes topics', async () => {
  const broker = await startTestBroker({ nodes: 3 });
  const admin = await connect(kafkajsClient(broker).admin());
  const configEntries = [{ name: 'retention.ms', value: '1000' }];
  await admin.createTopics({ topics: [{ topic: 't', numPartitions: 2, replicationFactor: 3, configEntries }] });
  expect(await admin.createTopics({ topics: [{ topic: 't' }] })).toBe(false);
  await expect(admin.createTopics({ topics: [{ topic: 'a b' }] })).rejects.toThrow();
  await admin.createPartitions({ topicPartitions: [{ topic: 't', count: 4 }] });
  const { topics } = await admin.fetchTopicMetadata({ topics: ['t'] });
  expect(topics[0]?.partitions.map(({ isr }) => isr.length)).toEqual([3, 3, 3, 3]);
  const cluster = await admin.describeCluster();
  expect(cluster.brokers.map(({ nodeId }) => nodeId)).toEqual([1, 2, 3]);
  const resource = { type: ConfigResourceTypes.TOPIC, name: 't' };
  const read = async (name: string) => {
    const described = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ ...resource, configNames: [name] }],
    });
    return described.resources[0]?.configEntries[0]?.configValue;
  };
  expect(await read('retention.ms')).toBe('1000');
  const changed = [{ name: 'max.message.bytes', value: '2000' }];
  await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries: changed }] });
  expect([await read('max.message.bytes'), await read('retention.ms')]).toEqual(['2000', '604800000']);
  broker.kafka.produce('t', [
    { value: 'a', partition: 0 },
    { value: 'b', partition: 0 },
  ]);
  await admin.deleteTopicRecords({ topic: 't', partitions: [{ partition: 0, offset: '1' }] });
  const offsets = await admin.fetchTopicOffsets('t');
  expect(offsets.find(({ partition }) => partition === 0)).toMatchObject({ low: '1', high: '2' });
  expect((await admin.fetchTopicOffsetsByTimestamp('t', 0)).find(({ partition }) => partition === 0)?.offset).toBe('1');
  await admin.deleteTopics({ topics: ['t'] });
  expect(await admin.listTopics()).toEqual([]);
});

test('SASL in each mechanism, and rules of access', async () => {
  const sasl = { users: { admin: 'secret', bob: 'hunter2' } };
  const broker = await startTestBroker({ kafka: { sasl, authorizer: { superUsers: ['User:admin'] } } });
  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
    const kafka = kafkajsClient(broker, { sasl: { mechanism, username: 'admin', password: 'secret' } as never });
    const admin = await connect(kafka.admin());
    expect(await admin.listTopics()).toEqual([]);
  }
  const wrong = kafkajsClient(broker, {
    sasl: { mechanism: 'plain', username: 'bob', password: 'x' },
    retry: { retries: 0 },
  });
  await expect(wrong.admin().connect()).rejects.toThrow('Authentication failed');
  const admin = await connect(
    kafkajsClient(broker, { sasl: { mechanism: 'plain', username: 'admin', password: 'secret' } }).admin(),
  );
  await admin.createTopics({ topics: [{ topic: 'open' }, { topic: 'closed' }] });
  await admin.createAcls({
    acl: [AclOperationTypes.WRITE, AclOperationTypes.DESCRIBE].map((operation) => ({
      resourceType: AclResourceTypes.TOPIC,
      resourceName: 'open',
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: 'User:bob',
      host: '*',
      operation,
      permissionType: AclPermissionTypes.ALLOW,
    })),
  });
  const bob = kafkajsClient(broker, {
    sasl: { mechanism: 'plain', username: 'bob', password: 'hunter2' },
    retry: { retries: 0 },
  });
  const producer = await connect(bob.producer());
  await producer.send({ topic: 'open', messages: [{ value: 'a' }] });
  await expect(producer.send({ topic: 'closed', messages: [{ value: 'a' }] })).rejects.toThrow(/authorized/i);
  expect(broker.kafka.topic('closed').records()).toEqual([]);
});
