/** What the tests of kafkajs share: a broker, a client of it, and the closing of both. */
import { type EachMessagePayload, Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { afterEach, expect } from 'vitest';
import { type Broker, type BrokerOptions, type ListenOptions, startBroker } from '../../../src/broker.js';

const closers: Array<() => Promise<unknown>> = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Done at the end of the test, the last one first. */
export function atEnd(close: () => Promise<unknown>): void {
  closers.push(close);
}

/** A broker on a free port; what it reports as its own defect fails the test. */
export async function startTestBroker(options: BrokerOptions & ListenOptions = {}): Promise<Broker> {
  const broker = await startBroker(options);
  const errors: unknown[] = [];
  broker.on('error', (error) => errors.push(error));
  atEnd(async () => {
    await broker.close();
    expect(errors).toEqual([]);
  });
  return broker;
}

export function kafkajsClient(broker: Broker, options: Partial<KafkaConfig> = {}): Kafka {
  const retry = { initialRetryTime: 20, maxRetryTime: 200, retries: 20 };
  return new Kafka({ brokers: broker.urls.kafka.split(','), logLevel: logLevel.NOTHING, retry, ...options });
}

/** Connects a client and disconnects it at the end of the test. */
export async function connect<T extends { connect(): Promise<void>; disconnect(): Promise<void> }>(
  client: T,
): Promise<T> {
  await client.connect();
  atEnd(() => client.disconnect());
  return client;
}

/** So that a member that waits for data notices a rebalance, or its end, soon. */
export const EAGER = { maxWaitTimeInMs: 50, heartbeatInterval: 50 };

/** Settles when `count` messages with different values have been seen. */
export class Tally {
  readonly seen: EachMessagePayload[] = [];
  readonly #count: number;
  readonly #values = new Set<string>();
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
    this.#values.add(`${payload.message.value}`);
    if (this.#values.size >= this.#count) this.#finish();
  }

  /** Values as text, in the order in which they came. */
  get values(): string[] {
    return this.seen.map(({ message }) => `${message.value}`);
  }
}
