/** Transactions of @platformatic/kafka: what is read, and the offsets that go with them. */
import {
  Consumer,
  FetchIsolationLevels,
  type Message,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import { expect, test } from 'vitest';
import type { Broker } from '../../../src/broker.js';
import { atEnd, startTestBroker } from './client.js';

type TextMessage = Message<string, string, string, string>;

const options = (broker: Broker) => ({ clientId: 'test', bootstrapBrokers: broker.urls.kafka.split(',') });

/** The first `count` messages that a group reads from topic `t`. */
async function read(consumer: Consumer<string, string, string, string>, count: number): Promise<TextMessage[]> {
  const stream = await consumer.consume({
    topics: ['t'],
    mode: 'committed',
    fallbackMode: 'earliest',
    autocommit: false,
    maxWaitTime: 20,
    isolationLevel: FetchIsolationLevels.READ_COMMITTED,
  });
  const messages: TextMessage[] = [];
  for await (const message of stream) {
    messages.push(message);
    if (messages.length === count) break;
  }
  return messages;
}

function consumerOf(broker: Broker) {
  const consumer = new Consumer({ ...options(broker), groupId: 'g', deserializers: stringDeserializers });
  atEnd(async () => consumer.close(true));
  return consumer;
}

function producerOf(broker: Broker) {
  const producer = new Producer({
    ...options(broker),
    serializers: stringSerializers,
    idempotent: true,
    transactionalId: 'tx',
  });
  atEnd(async () => producer.close());
  return producer;
}

test('what was committed is read, what was aborted is not', async () => {
  const broker = await startTestBroker();
  broker.kafka.createTopic('t');
  const producer = producerOf(broker);
  for (const [value, commits] of [
    ['a', true],
    ['b', false],
    ['c', true],
  ] as const) {
    const transaction = await producer.beginTransaction();
    await transaction.send({ messages: [{ topic: 't', key: 'k', value }] });
    await (commits ? transaction.commit() : transaction.abort());
  }
  expect((await read(consumerOf(broker), 2)).map(({ value }) => value)).toEqual(['a', 'c']);
  expect(broker.kafka.topic('t').partitions[0]).toMatchObject({ logEnd: 6, lastStable: 6 });
});

test.each([
  ['commit', 1],
  ['abort', undefined],
] as const)('offsets in a transaction that ends with %s', async (end, committed) => {
  const broker = await startTestBroker();
  broker.kafka.createTopic('t');
  broker.kafka.produce('t', { value: 'in' });
  const consumer = consumerOf(broker);
  const [message] = await read(consumer, 1);
  const transaction = await producerOf(broker).beginTransaction();
  await transaction.addConsumer(consumer);
  await transaction.addOffset(message as TextMessage);
  await transaction[end]();
  expect(broker.kafka.group('g').committed('t', 0)).toBe(committed);
});
