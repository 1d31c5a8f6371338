/**
 * amqplib over loopback, in front of this broker and of a real RabbitMQ: `npm run bench -- amqp-clients
 * --amqp=amqp://guest:guest@127.0.0.1:5672`. Ours shares the client's process and thread.
 */
import { type Channel, type ConfirmChannel, connect, type Options } from 'amqplib';
import { startBroker } from '../src/index.js';
import { createDice } from './amqp-channel.js';
import { type Bus, benchRoundTrip, benchThroughput, checkAgreement, type Rivals } from './bus.js';
import { Report, smoke } from './report.js';

const report = new Report('amqp: amqplib');
const REAL = 'RabbitMQ';
/** A queue of this length keeps what routing rows put there from filling the memory. */
const SHORT = { durable: false, autoDelete: true, maxLength: 100 };

/** What tells the three rows of publishing and consuming apart. */
interface Manner {
  readonly ackEach?: boolean;
  readonly confirms?: boolean;
}

/** Publisher and consumer on connections of their own. With confirms a message is done once it was confirmed as well. */
async function queueBus(url: string, { ackEach = false, confirms = false }: Manner): Promise<Bus> {
  const connections = [await connect(url, { noDelay: true }), await connect(url, { noDelay: true })] as const;
  const publisher = confirms ? await connections[0].createConfirmChannel() : await connections[0].createChannel();
  const consumer = await connections[1].createChannel();
  const { queue } = await consumer.assertQueue('', { durable: false, exclusive: true });
  if (ackEach) await consumer.prefetch(100);
  const consumed: string[] = [];
  let confirmed = 0;
  const settle = () => {
    for (; consumed.length > 0 && (!confirms || confirmed > 0); confirmed--) bus.arrived(consumed.shift() as string);
  };
  await consumer.consume(
    queue,
    (message) => {
      if (!message) return;
      if (ackEach) consumer.ack(message);
      consumed.push(message.content.toString());
      settle();
    },
    { noAck: !ackEach },
  );
  const onConfirm = () => {
    confirmed++;
    settle();
  };
  const bus: Bus = {
    publish: (payload) => {
      const body = Buffer.from(payload);
      if (confirms) (publisher as ConfirmChannel).publish('', queue, body, {}, onConfirm);
      else publisher.publish('', queue, body);
    },
    arrived: () => {},
    close: () => Promise.all(connections.map((connection) => connection.close())),
  };
  return bus;
}

/** An exchange with its bindings, and the messages that are sent to it. */
interface Routing {
  readonly row: string;
  readonly type: 'topic' | 'headers' | 'fanout';
  readonly queueCount: number;
  readonly bindings: ReadonlyArray<{ readonly key: string; readonly headers: Record<string, string> }>;
  readonly messages: ReadonlyArray<{ readonly key: string; readonly headers: Record<string, string> }>;
  readonly atLeast: number;
}

/** A publisher whose message has arrived when it is confirmed; its text is where it went to. */
async function routingBus(url: string, { type, queueCount, bindings, messages }: Routing): Promise<Bus> {
  const connection = await connect(url, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  const exchange = `bench-${type}`;
  await channel.assertExchange(exchange, type, { durable: false, autoDelete: true });
  const queues = await declareQueues(channel, queueCount);
  for (const [n, { key, headers }] of bindings.entries()) {
    await channel.bindQueue(queues[n % queueCount] as string, exchange, key, headers);
  }
  await checkRouting(channel, exchange, queues, messages);
  let at = 0;
  const bus: Bus = {
    publish: (payload) => {
      const { key, headers } = messages[at++ % messages.length] as Routing['messages'][number];
      const options: Options.Publish = type === 'headers' ? { headers } : {};
      channel.publish(exchange, key, Buffer.from(payload), options, () => bus.arrived(payload));
    },
    arrived: () => {},
    close: () => connection.close(),
  };
  return bus;
}

async function declareQueues(channel: Channel, count: number): Promise<string[]> {
  const queues: string[] = [];
  for (let n = 0; n < count; n++) {
    const { queue } = await channel.assertQueue('', { ...SHORT, exclusive: true });
    queues.push(queue);
  }
  return queues;
}

const counts: string[] = [];

/** How many of some messages each queue got must be the same everywhere. */
async function checkRouting(
  channel: ConfirmChannel,
  exchange: string,
  queues: readonly string[],
  messages: Routing['messages'],
): Promise<void> {
  for (const { key, headers } of messages.slice(0, 50)) channel.publish(exchange, key, Buffer.alloc(1), { headers });
  await channel.waitForConfirms();
  const got: number[] = [];
  for (const queue of queues) got.push((await channel.purgeQueue(queue)).messageCount);
  if (got.every((count) => count === 0)) throw new Error(`nothing was routed by ${exchange}`);
  counts.push(`${exchange} ${got.join()}`);
  if (counts.filter((line) => line.startsWith(`${exchange} `)).some((line) => line !== counts.at(-1))) {
    throw new Error(`the contenders do not agree: ${counts.join('; ')}`);
  }
}

function routings(): Routing[] {
  const dice = createDice(5);
  const size = smoke ? 20 : 1_000;
  const words = () => Array.from({ length: 3 }, () => `w${dice(32)}`);
  const topics = Array.from({ length: size }, (_, n) => {
    const pattern = words();
    if (n % 10 >= 4) pattern[dice(3)] = n % 10 < 7 ? '*' : '#';
    return pattern.join('.');
  });
  const pairs = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, () => [`h${dice(20)}`, `v${dice(20)}`]));
  const wanted = Array.from({ length: size }, () => pairs(3));
  const key = (n: number) => (topics[n % size] as string).replace(/[*#]/, () => `w${dice(32)}`);
  return [
    {
      row: `topic, ${size} bindings`,
      type: 'topic',
      queueCount: 10,
      bindings: topics.map((topic) => ({ key: topic, headers: {} })),
      messages: topics.map((_, n) => ({ key: n % 2 === 0 ? key(n * 7) : words().join('.'), headers: {} })),
      atLeast: 1,
    },
    {
      row: `headers, ${size} bindings`,
      type: 'headers',
      queueCount: 10,
      bindings: wanted.map((headers) => ({ key: '', headers: { 'x-match': 'all', ...headers } })),
      messages: wanted.map((headers) => ({ key: '', headers: { ...pairs(2), ...headers } })),
      atLeast: 20,
    },
    {
      row: 'fanout, 100 queues',
      type: 'fanout',
      queueCount: 100,
      bindings: Array.from({ length: 100 }, () => ({ key: '', headers: {} })),
      messages: [{ key: '', headers: {} }],
      atLeast: 5,
    },
  ];
}

async function withBoth(
  urls: { readonly ours: string; readonly real: string },
  open: (url: string) => Promise<Bus>,
  work: (rivals: Rivals) => Promise<void>,
): Promise<void> {
  const rivals = { ours: await open(urls.ours), real: await open(urls.real) };
  await work(rivals);
  for (const bus of [rivals.ours, rivals.real]) await bus.close();
}

async function benchAll(real: string): Promise<void> {
  const broker = await startBroker({ journal: false });
  const urls = { ours: broker.urls.amqp, real };
  const manners = [
    { row: 'publish and consume, auto ack', manner: {}, atLeast: 1, atMost: { p50: 0.5, p99: 1 } },
    {
      row: 'publish and consume, ack each, prefetch 100',
      manner: { ackEach: true },
      atLeast: 1.3,
      atMost: { p50: 0.6 },
    },
    { row: 'publish and consume, confirms', manner: { confirms: true }, atLeast: 1.3 },
  ];
  for (const { row, manner, atLeast, atMost } of manners) {
    const open = (url: string) => queueBus(url, manner);
    await withBoth(urls, open, async (rivals) => {
      await checkAgreement([rivals.ours, rivals.real]);
      await benchThroughput(report, row, rivals, REAL, atLeast);
      if (atMost) await benchRoundTrip(report, `${row}, one by one`, rivals, REAL, atMost);
    });
  }
  for (const routing of routings()) {
    const row = `confirmed publishes, ${routing.row}`;
    await withBoth(
      urls,
      (url) => routingBus(url, routing),
      (rivals) => benchThroughput(report, row, rivals, REAL, routing.atLeast),
    );
  }
  await broker.close();
}

const address = process.argv.find((argument) => argument.startsWith('--amqp='))?.slice('--amqp='.length);
if (address === undefined) {
  console.log('amqp-clients: skipped; --amqp=amqp://HOST:PORT names a RabbitMQ to run beside');
} else {
  await benchAll(address);
  report.print();
}
