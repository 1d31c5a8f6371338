/** Unmodified clients on the shared port. Every wait is for an event, never for time. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../../../src/index.js';

let broker: Broker;
const ends: Array<() => unknown> = [];

beforeEach(async () => {
  broker = await startBroker();
});

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await broker.close();
});

/** Collects calls and resolves when there are enough. */
function collector<T>() {
  const seen: T[] = [];
  let wake: () => void = () => {};
  const add = (value: T) => {
    seen.push(value);
    wake();
  };
  const upTo = async (count: number): Promise<T[]> => {
    while (seen.length < count) await new Promise<void>((resolve) => (wake = resolve));
    return seen;
  };
  return { add, upTo, seen };
}

describe.each([2, 3] as const)('ioredis with RESP%i', (protocol) => {
  const connect = () => {
    const client = new Redis(broker.urls.redis, { protocol, retryStrategy: () => 5 } as never);
    client.on('error', () => {});
    ends.push(() => client.disconnect());
    return client;
  };

  test('subscribes, publishes, counts and unsubscribes', async () => {
    const sub = connect();
    const pub = connect();
    const got = collector<string>();
    sub.on('message', (channel, text) => got.add(`${channel} ${text}`));
    sub.on('pmessage', (pattern, channel, text) => got.add(`${pattern} ${channel} ${text}`));
    expect(await sub.subscribe('news', 'sport')).toBe(2);
    expect(await sub.psubscribe('n*')).toBe(3);
    expect(await pub.publish('news', 'hi')).toBe(2);
    expect(await got.upTo(2)).toEqual(['news hi', 'n* news hi']);
    expect(await pub.pubsub('NUMSUB', 'news', 'none')).toEqual(['news', 1, 'none', 0]);
    expect(await pub.pubsub('NUMPAT')).toBe(1);
    expect(await sub.unsubscribe('news')).toBe(2);
    expect(await sub.punsubscribe('n*')).toBe(1);
    expect(await sub.unsubscribe()).toBe(0);
    expect(await pub.publish('news', 'nobody')).toBe(0);
    expect(await sub.ping()).toBe('PONG');
  });

  test('subscribes to shard channels', async () => {
    const sub = connect();
    const got = collector<string>();
    sub.on('smessage', (channel, text) => got.add(`${channel} ${text}`));
    expect(await sub.ssubscribe('{a}1', '{b}1')).toBe(2);
    expect(await connect().spublish('{a}1', 'hi')).toBe(1);
    expect(await got.upTo(1)).toEqual(['{a}1 hi']);
    expect(await sub.sunsubscribe('{a}1', '{b}1')).toBe(0);
  });

  test('connects again after a restart and is subscribed as before', async () => {
    const sub = connect();
    await sub.subscribe('news');
    await sub.psubscribe('x*');
    const back = new Promise((resolve) => sub.once('ready', resolve as () => void));
    await broker.restart();
    await back;
    const pub = connect();
    const got = collector<string>();
    sub.on('message', (_channel, text) => got.add(text));
    sub.on('pmessage', (_pattern, _channel, text) => got.add(text));
    // Subscribing anew is the first thing that a connection does once it is ready; its answer is waited for.
    while (Number(await pub.pubsub('NUMPAT')) !== 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await pub.publish('news', '1')).toBe(1);
    expect(await pub.publish('xy', '2')).toBe(1);
    expect(await got.upTo(2)).toEqual(['1', '2']);
  });

  test('stores, expires and transacts', async () => {
    const client = connect();
    expect(await client.set('k', 'v', 'EX', 100)).toBe('OK');
    expect(await client.ttl('k')).toBe(100);
    expect(await client.multi().incr('n').incr('n').get('k').exec()).toEqual([
      [null, 1],
      [null, 2],
      [null, 'v'],
    ]);
    expect(await client.getBuffer('k')).toEqual(Buffer.from('v'));
  });
});

describe.each([2, 3] as const)('node-redis with RESP%i', (RESP) => {
  const connect = async () => {
    const client = createClient({ url: broker.urls.redis, RESP, socket: { reconnectStrategy: 5 } });
    client.on('error', () => {});
    await client.connect();
    ends.push(() => client.destroy());
    return client;
  };

  test('subscribes, publishes, counts and unsubscribes', async () => {
    const sub = await connect();
    const pub = await connect();
    const got = collector<string>();
    await sub.subscribe(['news', 'sport'], (text, channel) => got.add(`${channel} ${text}`));
    await sub.pSubscribe('n*', (text, channel) => got.add(`n* ${channel} ${text}`));
    await sub.sSubscribe('{s}', (text, channel) => got.add(`shard ${channel} ${text}`));
    expect(await pub.publish('news', 'hi')).toBe(2);
    expect(await pub.sPublish('{s}', 'hi')).toBe(1);
    expect(await got.upTo(3)).toEqual(['news hi', 'n* news hi', 'shard {s} hi']);
    expect((await pub.pubSubChannels()).sort()).toEqual(['news', 'sport']);
    expect(await pub.pubSubNumPat()).toBe(1);
    await sub.unsubscribe();
    await sub.pUnsubscribe();
    await sub.sUnsubscribe();
    expect(await pub.publish('news', 'nobody')).toBe(0);
    expect(String(await sub.ping())).toBe('PONG');
  });

  test('takes binary channels and bodies', async () => {
    const sub = await connect();
    const got = collector<Buffer>();
    await sub.subscribe('bin', (body) => got.add(body as unknown as Buffer), true);
    const body = Buffer.from([0, 13, 10, 255]);
    await (await connect()).publish('bin', body);
    expect(await got.upTo(1)).toEqual([body]);
  });

  test('connects again after a restart and is subscribed as before', async () => {
    const sub = await connect();
    const got = collector<string>();
    await sub.subscribe('news', (text) => got.add(text));
    const back = new Promise((resolve) => sub.once('ready', resolve as () => void));
    await broker.restart();
    await back;
    const pub = await connect();
    while ((await pub.pubSubNumSub('news')).news !== 1) await new Promise((resolve) => setImmediate(resolve));
    await pub.publish('news', 'again');
    expect(await got.upTo(1)).toEqual(['again']);
  });
});

test('native and wire subscribers share one bus', async () => {
  const client = new Redis(broker.urls.redis);
  ends.push(() => client.disconnect());
  const native = collector<string>();
  const wire = collector<string>();
  broker.redis.psubscribe('*', (message) => native.add(message.text()));
  client.on('message', (_channel, text) => wire.add(text));
  await client.subscribe('x');
  expect(broker.redis.publish('x', { id: 1 })).toBe(2);
  expect(await wire.upTo(1)).toEqual(['{"id":1}']);
  expect(native.seen).toEqual(['{"id":1}']);
});

test('socket.io servers find each other through the adapter', async () => {
  const servers = ['a', 'b'].map((name) => {
    const pub = new Redis(broker.urls.redis);
    const sub = pub.duplicate();
    ends.push(
      () => pub.disconnect(),
      () => sub.disconnect(),
    );
    const nsp = {
      name: '/',
      adapter: undefined,
      server: { engine: {} },
      sockets: new Map(),
      _ids: 0,
      _onServerSideEmit() {},
    };
    return { name, adapter: new (createAdapter(pub, sub) as never as new (nsp: unknown) => Adapter)(nsp) };
  });
  while (broker.redis.channel('socket.io-request#/#').subscribers() < 2) await broker.idle();
  expect(await servers[0]?.adapter.serverCount()).toBe(2);
});

interface Adapter {
  serverCount(): Promise<number>;
}

const run = promisify(execFile);
const installed = async (program: string) =>
  run(program, ['--version']).then(
    () => true,
    () => false,
  );
const hasCli = await installed('redis-cli');
const hasBenchmark = await installed('redis-benchmark');
if (!hasCli) console.warn('redis-cli is not installed: its test is skipped');
if (!hasBenchmark) console.warn('redis-benchmark is not installed: its test is skipped');

const port = () => new URL(broker.urls.redis).port;

test.skipIf(!hasCli)('redis-cli asks, in both protocols', async () => {
  expect((await run('redis-cli', ['-p', port(), 'set', 'k', 'v'])).stdout).toBe('OK\n');
  expect((await run('redis-cli', ['-3', '-p', port(), 'get', 'k'])).stdout).toBe('v\n');
  expect((await run('redis-cli', ['-p', port(), 'publish', 'x', 'hi'])).stdout).toBe('0\n');
});

test.skipIf(!hasBenchmark)('redis-benchmark runs its string tests', async () => {
  const options = ['-p', port(), '-q', '-n', '500', '-c', '5', '-t', 'ping,set,get,incr,mset', '--csv'];
  const { stdout } = await run('redis-benchmark', options);
  for (const name of ['PING_INLINE', 'SET', 'GET', 'INCR']) expect(stdout).toContain(`"${name}"`);
});
