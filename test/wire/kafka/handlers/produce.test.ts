import { expect, test } from 'vitest';
import { produceApi } from '../../../../src/wire/kafka/handlers/produce.js';
import { batchBytes } from '../../../helpers/kafka-model.js';
import { produceRequest } from '../../../helpers/kafka-request.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('without acknowledgement there is no answer; an error closes the connection', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const client = world.connect();
  client.send(produceApi, 7, produceRequest('t', 0));
  expect([client.transport.written.length, client.transport.closed]).toEqual([0, false]);
  expect(world.broker.topic('t').records()).toHaveLength(1);
  client.send(produceApi, 7, produceRequest('unknown', 0));
  expect(client.transport.closed).toBe(true);
});

test('version 2 of Produce, offered for the sake of an old client, closes the connection', () => {
  const client = new KafkaWorld().connect();
  client.session.receive(Buffer.from('0000000e0000000200000001000474657374', 'hex'));
  expect(client.transport.closed).toBe(true);
});

test('a node that does not lead names the one that does', () => {
  const world = new KafkaWorld({ nodes: 2 });
  world.broker.createTopic('t', { assignments: [[2, 1]] });
  const client = world.connect(1);
  const produced = client.ask(produceApi, 10, produceRequest('t'));
  expect(produced.responses[0]?.partitionResponses[0]).toMatchObject({
    errorCode: 'NOT_LEADER_OR_FOLLOWER',
    errorMessage: null,
    currentLeader: { leaderId: 2, leaderEpoch: 0 },
  });
  expect(produced.nodeEndpoints).toEqual([{ nodeId: 2, host: '127.0.0.1', port: 9093, rack: null }]);
});

test('acks that there are not are refused where there is a partition', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const errorOf = (topic: string) =>
    world.connect().ask(produceApi, 9, produceRequest(topic, 2)).responses[0]?.partitionResponses[0]?.errorCode;
  expect([errorOf('t'), errorOf('none')]).toEqual(['INVALID_REQUIRED_ACKS', 'UNKNOWN_TOPIC_OR_PARTITION']);
});

test('a batch ends where it says, and what is too short to be another one is left out', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const batch = batchBytes([{ key: 'k', value: 'v' }]);
  const errorOf = (records: Uint8Array) =>
    world.connect().ask(produceApi, 9, produceRequest('t', -1, records)).responses[0]?.partitionResponses[0]?.errorCode;
  expect(errorOf(Buffer.concat([batch, Buffer.alloc(11)]))).toBe('NONE');
  expect(errorOf(Buffer.concat([batch, batch]))).toBe('INVALID_RECORD');
  expect(errorOf(batch.subarray(0, batch.length - 1))).toBe('INVALID_RECORD');
  const shorter = Buffer.from(batch);
  shorter.writeInt32BE(shorter.readInt32BE(8) - 7, 8);
  expect(errorOf(shorter)).toBe('CORRUPT_MESSAGE');
  const least = Buffer.from(batch);
  least.writeInt32BE(13, 8);
  expect(errorOf(least)).toBe('CORRUPT_MESSAGE');
  expect(world.broker.topic('t').records()).toHaveLength(1);
});

test('what the log refuses says where it begins, what does not come so far does not', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const batch = batchBytes([{ key: 'k', value: 'v' }]);
  const shifted = Buffer.from(batch);
  shifted.writeBigInt64BE(7n, 0);
  const startOf = (records: Uint8Array) =>
    world.connect().ask(produceApi, 9, produceRequest('t', -1, records)).responses[0]?.partitionResponses[0];
  expect(startOf(shifted)).toMatchObject({ errorCode: 'INVALID_RECORD', logStartOffset: 0 });
  expect(startOf(Buffer.concat([batch, batch]))).toMatchObject({ errorCode: 'INVALID_RECORD', logStartOffset: -1 });
});

test('whether a batch may be part of a transaction is looked at before its records are', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const { producerId, producerEpoch } = world.broker.transactions.initProducerId('x', 1_000);
  const producer = { id: producerId, epoch: producerEpoch, baseSequence: 0, transactional: true };
  const damaged = Buffer.from(batchBytes([{ key: 'k', value: 'v' }], producer));
  damaged.writeBigInt64BE(7n, 0);
  const ask = (transactionalId: string) =>
    world.connect().ask(produceApi, 9, { ...produceRequest('t', -1, damaged), transactionalId }).responses[0]
      ?.partitionResponses[0]?.errorCode;
  expect(ask('x')).toBe('INVALID_TXN_STATE');
  expect(ask('')).toBe('INVALID_REQUEST');
});

test('a topic of which nothing is written is not in the answer', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const { topicData, ...request } = produceRequest('t');
  const nothing = { name: 'none', partitionData: [] };
  const answered = (acks: number) =>
    world
      .connect()
      .ask(produceApi, 9, { ...request, acks, topicData: [nothing, ...topicData] })
      .responses.map(({ name }) => name);
  expect(answered(-1)).toEqual(['t']);
  expect(answered(2)).toEqual(['t']);
});

test('no more than the code is said but of records, transactions, and a limit that can be raised', () => {
  const world = new KafkaWorld({}, { queueBytes: 100 });
  world.broker.createTopic('t');
  world.broker.createTopic('c', { config: { 'cleanup.policy': 'compact', 'max.message.bytes': 100 } });
  const ask = (topic: string, values: string[], acks = -1) =>
    world.connect().ask(produceApi, 9, produceRequest(topic, acks, batchBytes(values.map((value) => ({ value })))))
      .responses[0]?.partitionResponses[0];
  expect([ask('none', ['a']), ask('t', ['a'], 7), ask('c', ['a'.repeat(200)])]).toMatchObject([
    { errorCode: 'UNKNOWN_TOPIC_OR_PARTITION', errorMessage: null },
    { errorCode: 'INVALID_REQUIRED_ACKS', errorMessage: null },
    { errorCode: 'MESSAGE_TOO_LARGE', errorMessage: null },
  ]);
  expect([ask('c', ['a']), ask('t', ['a'.repeat(99)])]).toMatchObject([
    { errorCode: 'INVALID_RECORD', errorMessage: expect.stringContaining('One or more records') },
    { errorCode: 'KAFKA_STORAGE_ERROR', errorMessage: expect.stringContaining('queueBytes') },
  ]);
});
