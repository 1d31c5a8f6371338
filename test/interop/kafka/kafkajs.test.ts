/** kafkajs, unmodified, over a loopback socket. */
import { CompressionTypes, type EachMessagePayload, Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { afterEach, expect, test } from 'vitest';
import { type Broker, type BrokerOptions, startBroker } from '../../../src/broker.js';

const closers: Array<() => Promise<unknown>> = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A broker and a client of it; what the broker reports as its own defect fails the test. */
async function start(
  options: BrokerOptions = {},
): Promise<{ broker: Broker; kafka: Kafka; connect: typeof connectTo }> {
  const broker = await startBroker(options);
  const errors: unknown[] = [];
  broker.on('error', (error) => errors.push(error));
  closers.push(async () => {
    await broker.close();
    expect(errors).toEqual([]);
  });
  return { broker, kafka: clientOf(broker), connect: connectTo };
}

function clientOf(broker: Broker, options: Partial<KafkaConfig> = {}): Kafka {
  const retry = { initialRetryTime: 20, maxRetryTime: 200, retries: 20 };
  return new Kafka({ brokers: broker.urls.kafka.split(','), logLevel: logLevel.NOTHING, retry, ...options });
}

/** Connects a client and disconnects it at the end of the test. */
async function connectTo<T extends { connect(): Promise<void>; disconnect(): Promise<void> }>(client: T): Promise<T> {
  await client.connect();
  closers.push(() => client.disconnect());
  return client;
}

/** Settles when `count` messages have been seen. */
class Tally {
  readonly seen: EachMessagePayload[] = [];
  readonly #count: number;
  readonly done: Promise<void>;
  #finish: () => void = () => {};

  constructor(count: number) {
    this.#count = count;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  add(payload: EachMessagePayload): void {
    this.seen.push(payload);
    if (this.seen.length >= this.#count) this.#finish();
  }
}

const COUNT = 10_000;
/** So that a member that waits for data notices a rebalance, or its end, soon. */
const EAGER = { maxWaitTimeInMs: 50, heartbeatInterval: 50 };

test('10 000 records are read exactly once by a group of two, and again by another group', async () => {
  const { kafka, connect } = await start();
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
  const { kafka, connect } = await start();
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
  times.sort((a, b) => a - b);
  expect(times[2]).toBeLessThan(50);
});
