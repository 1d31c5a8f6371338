import { Redis } from 'ioredis';
import { Kafka } from 'kafkajs';
import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, createBroker, startBroker } from '../../src/index.js';

let broker: Broker;
afterEach(() => broker.close());

async function roundTrip(kafka: Kafka): Promise<unknown> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ key: '42', value: 'paid' }] });
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: 'billing' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  const value = await new Promise((resolve) => {
    consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) });
  });
  await consumer.disconnect();
  return value;
}

describe('options for kafkajs', () => {
  it('connect to the port', async () => {
    broker = await startBroker();
    expect(await roundTrip(new Kafka(broker.options.kafkajs()))).toBe('paid');
  });

  it('connect in memory to every node of a broker that does not listen', async () => {
    broker = createBroker({ nodes: 3 });
    broker.kafka.createTopic('orders', { partitions: 3 });
    expect(await roundTrip(new Kafka(broker.options.kafkajs({ memory: true })))).toBe('paid');
    const admin = new Kafka(broker.options.kafkajs({ memory: true })).admin();
    const { brokers } = await admin.describeCluster();
    expect(brokers.map(({ host, port }) => `${host}:${port}`)).toEqual(['memory:1', 'memory:2', 'memory:3']);
    await admin.disconnect();
  });

  it('say what is missing when nothing listens', () => {
    broker = createBroker();
    expect(() => broker.options.kafkajs()).toThrow(expect.objectContaining({ code: 'NOT_LISTENING' }));
  });
});

describe('options for ioredis', () => {
  it('connect to the port', async () => {
    broker = await startBroker();
    const redis = new Redis(broker.options.ioredis());
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
  });

  it('connect in memory, and again after a restart', async () => {
    broker = createBroker();
    const redis = new Redis(broker.options.ioredis({ memory: true }));
    await redis.subscribe('news');
    await broker.restart();
    await new Promise((resolve) => redis.once('ready', resolve));
    await redis.ping();
    const message = new Promise((resolve) => redis.once('message', (_channel, text) => resolve(text)));
    expect(broker.redis.publish('news', 'hi')).toBe(1);
    expect(await message).toBe('hi');
    redis.disconnect();
  });
});

describe('options for amqplib', () => {
  it('switch off the delay of small writes', () => {
    broker = createBroker();
    expect(broker.options.amqplib()).toEqual({ noDelay: true });
  });
});
