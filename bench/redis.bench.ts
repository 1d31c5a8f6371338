/** Channels: publishing natively, thousands of patterns, and real clients over loopback beside a real server. */
import { Redis } from 'ioredis';
import mqemitter from 'mqemitter';
import { createClient } from 'redis';
import { createBroker, startBroker } from '../src/index.js';
import { globMatch } from '../src/models/redis/glob.js';
import { type Bus, benchRoundTrip, benchThroughput, checkAgreement, PAYLOAD, pump } from './bus.js';
import { startRedisServer } from './redis-server.js';
import { Report, race, smoke } from './report.js';

const PATTERN_COUNT = smoke ? 100 : 10_000;
const report = new Report('redis: channels');

// ---- native

function nativeBus(): Bus {
  const broker = createBroker({ journal: false });
  broker.redis.subscribe('c', (message) => bus.arrived(message.text()));
  const bus: Bus = {
    publish: (payload) => broker.redis.publish('c', payload),
    arrived: () => {},
    close: () => broker.close(),
  };
  return bus;
}

function mqemitterBus(): Bus {
  const emitter = mqemitter();
  emitter.on('c', (message, done) => {
    bus.arrived(message.payload as string);
    done();
  });
  const bus: Bus = {
    publish: (payload) => emitter.emit({ topic: 'c', payload }),
    arrived: () => {},
    close: () => emitter.close(() => {}),
  };
  return bus;
}

async function redisMockBus(): Promise<Bus> {
  // Its package has no types.
  const name: string = 'redis-mock';
  const { default: mock } = (await import(name)) as { default: { createClient(): RedisMock } };
  const publisher = mock.createClient();
  const subscriber = mock.createClient();
  await new Promise<void>((resolve) => {
    subscriber.on('subscribe', () => resolve());
    subscriber.subscribe('c');
  });
  subscriber.on('message', (_channel, payload) => bus.arrived(payload));
  const bus: Bus = { publish: (payload) => publisher.publish('c', payload), arrived: () => {}, close: () => {} };
  return bus;
}

interface RedisMock {
  on(event: string, listener: (channel: string, payload: string) => void): void;
  subscribe(channel: string): void;
  publish(channel: string, payload: string): void;
}

async function benchNative(): Promise<void> {
  const ours = nativeBus();
  const redisMock = await redisMockBus();
  const emitter = mqemitterBus();
  await checkAgreement([ours, redisMock, emitter]);
  const publisher = (bus: Bus) => (count: number) => pump(bus, count, Number.POSITIVE_INFINITY);
  const rates = await race({
    ours: publisher(ours),
    redisMock: publisher(redisMock),
    emitter: publisher(emitter),
  });
  const { median, spread } = rates.ours;
  const row = 'publish to one subscriber, native';
  const against = (name: string, value: number, atLeast?: number) =>
    report.add({
      row,
      unit: 'ops/s',
      ours: median,
      spread,
      peer: { name, value },
      ...(atLeast !== undefined && { target: { atLeast } }),
    });
  against('redis-mock', rates.redisMock.median, 5);
  against('mqemitter', rates.emitter.median);
  for (const bus of [ours, emitter]) await bus.close();
}

// ---- patterns

/** Six of ten end in a star, three begin with one, one has something else in it. */
function patternOf(n: number): string {
  if (n % 10 < 6) return `user.${n}.*`;
  if (n % 10 < 9) return `*.order-${n}`;
  return `room.${n}.?[ab]`;
}

function channelOf(n: number): string {
  if (n % 10 < 6) return `user.${n}.changed`;
  if (n % 10 < 9) return `shop.it.order-${n}`;
  return `room.${n}.xb`;
}

const patterns = Array.from({ length: PATTERN_COUNT }, (_, n) => patternOf(n));
const channels = Array.from({ length: PATTERN_COUNT }, (_, n) => channelOf((n * 7_919) % PATTERN_COUNT));

async function benchPatterns(): Promise<void> {
  const broker = createBroker({ journal: false });
  let delivered = 0;
  for (const pattern of patterns) broker.redis.psubscribe(pattern, () => delivered++);
  const scan = (channel: string) => {
    let found = 0;
    for (const pattern of patterns) if (globMatch(pattern, channel)) found++;
    return found;
  };
  for (const channel of channels.slice(0, 100)) {
    if (broker.redis.publish(channel, PAYLOAD) !== scan(channel)) throw new Error('the contenders do not agree');
  }
  if (delivered !== 100) throw new Error(`${delivered} of 100 messages were delivered`);
  const loop = (work: (channel: string) => number) => (count: number) => {
    let sum = 0;
    for (let n = 0; n < count; n++) sum += work(channels[n % PATTERN_COUNT] as string);
    return sum;
  };
  const rates = await race({ ours: loop((channel) => broker.redis.publish(channel, PAYLOAD)), scan: loop(scan) });
  report.add({
    row: `publish with ${PATTERN_COUNT} patterns, native`,
    unit: 'ops/s',
    ours: rates.ours.median,
    spread: rates.ours.spread,
    peer: { name: 'loop of matchers', value: rates.scan.median },
    target: { atLeast: 300 },
  });
  await broker.close();
}

// ---- real clients

async function ioredisBus(port: number, withPatterns = false): Promise<Bus> {
  const publisher = new Redis({ host: '127.0.0.1', port });
  const subscriber = new Redis({ host: '127.0.0.1', port });
  if (withPatterns) await subscriber.psubscribe(...patterns);
  else await subscriber.subscribe('c');
  const channel = withPatterns ? channelOf(7) : 'c';
  subscriber.on(withPatterns ? 'pmessage' : 'message', (...event: string[]) => bus.arrived(event.at(-1) as string));
  const bus: Bus = {
    publish: (payload) => publisher.publish(channel, payload),
    arrived: () => {},
    close: () => Promise.all([publisher.quit(), subscriber.quit()]),
  };
  return bus;
}

async function nodeRedisBus(port: number): Promise<Bus> {
  const publisher = createClient({ url: `redis://127.0.0.1:${port}` });
  const subscriber = createClient({ url: `redis://127.0.0.1:${port}` });
  await Promise.all([publisher.connect(), subscriber.connect()]);
  await subscriber.subscribe('c', (payload) => bus.arrived(payload));
  const bus: Bus = {
    publish: (payload) => publisher.publish('c', payload),
    arrived: () => {},
    close: () => Promise.all([publisher.close(), subscriber.close()]),
  };
  return bus;
}

/** The same client in front of both servers. */
async function openBoth(ports: { readonly ours: number; readonly real: number }, open: (port: number) => Promise<Bus>) {
  const both = { ours: await open(ports.ours), real: await open(ports.real) };
  await checkAgreement([both.ours, both.real]);
  return { ...both, close: () => Promise.all([both.ours.close(), both.real.close()]) };
}

async function benchClients(): Promise<void> {
  const server = await startRedisServer();
  if (!server) return console.log('redis-server is not installed: the rows beside a real server are skipped');
  const broker = await startBroker({ journal: false });
  const ports = { ours: Number(new URL(broker.urls.redis).port), real: server.port };
  try {
    const name = 'redis-server';
    const ioredis = await openBoth(ports, ioredisBus);
    await benchThroughput(report, 'ioredis, publish to message, pipelined', ioredis, name, 0.55);
    await benchRoundTrip(report, 'ioredis, one by one, round trip', ioredis, name, { p50: 1, p99: 1 });
    await ioredis.close();
    const nodeRedis = await openBoth(ports, nodeRedisBus);
    await benchThroughput(report, 'node-redis, publish to message, pipelined', nodeRedis, name, 0.7);
    await nodeRedis.close();
    const patterned = await openBoth(ports, (port) => ioredisBus(port, true));
    await benchThroughput(report, `ioredis, publish with ${PATTERN_COUNT} patterns`, patterned, name, 20);
    await patterned.close();
  } finally {
    await broker.close();
    await server.stop();
  }
}

await benchNative();
await benchPatterns();
await benchClients();
report.print();
