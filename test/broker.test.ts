import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { turnOfEventLoop } from '../src/core/clock.js';
import {
  Broker,
  createBroker,
  type JournalEvent,
  snapshotFromBytes,
  snapshotToBytes,
  startBroker,
} from '../src/index.js';
import { usedHeapBytes } from './helpers/collect-garbage.js';
import { TcpClient } from './helpers/tcp-client.js';

const run = promisify(execFile);
// Timers are the test runner's as well.
const resources = () =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => kind !== 'Timeout')
    .sort();

/** A client that has exchanged a PING. */
async function connect(broker: Broker): Promise<TcpClient> {
  const client = await TcpClient.connect(broker.urls.redis);
  await client.send('PING\r\n').until((text) => text === '+PONG\r\n');
  return client;
}

describe('createBroker', () => {
  it('is synchronous and opens no handle', () => {
    const before = resources();
    const broker = createBroker();
    expect(broker).toBeInstanceOf(Broker);
    expect(broker.redis.publish('news', 'hi')).toBe(0);
    expect(resources()).toEqual(before);
    broker[Symbol.dispose]();
    expect(() => broker.urls).toThrow(expect.objectContaining({ code: 'NOT_LISTENING' }));
  });

  it('refuses options that make no sense', () => {
    for (const nodes of [0, 65, 1.5]) {
      expect(() => createBroker({ nodes })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
    for (const firstNodeId of [-1, 901, 0.5]) {
      expect(() => createBroker({ firstNodeId })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
    expect(() => createBroker({ limits: { nonsense: 1 } as never })).toThrow(/limits\.nonsense/);
    expect(() => createBroker({ clock: 'sundial' as never })).toThrow(/sundial/);
  });

  it('gives equal ids for equal seeds, and others for another', () => {
    const ids = (seed: number) => createBroker({ seed }).redis.runId;
    expect(ids(7)).toBe(ids(7));
    expect(ids(7)).not.toBe(ids(8));
  });

  it('never lets two brokers see each other', () => {
    const [one, two] = [createBroker(), createBroker()];
    one.redis.subscribe('news', () => {});
    expect([one.redis.publish('news', '1'), two.redis.publish('news', '1')]).toEqual([1, 0]);
    expect(two.journal.since().map((event) => event.name)).toEqual(['published', 'dropped']);
  });

  it('records nothing with the journal off', () => {
    const broker = createBroker({ journal: false });
    broker.redis.publish('news', '1');
    expect(broker.journal.since()).toEqual([]);
  });
});

describe('startBroker', () => {
  it('speaks on one free loopback port', async () => {
    await using broker = await startBroker();
    const { kafka, amqp, redis, inspector } = broker.urls;
    expect(kafka).toMatch(/^127\.0\.0\.1:\d+$/);
    expect([amqp, redis, inspector]).toEqual([`amqp://${kafka}`, `redis://${kafka}`, `http://${kafka}`]);
    expect(broker.env()).toEqual({ KAFKA_BROKERS: kafka, AMQP_URL: amqp, REDIS_URL: redis });
    await (await connect(broker)).close();
  });

  it('opens a port for each node', async () => {
    await using broker = await startBroker({ nodes: 3 });
    expect(new Set(broker.urls.kafka.split(',')).size).toBe(3);
    expect(broker.urls.redis).toBe(`redis://${broker.urls.kafka.split(',')[0]}`);
  });

  it('numbers its nodes from any number', async () => {
    await using broker = await startBroker({ nodes: 2, firstNodeId: 0 });
    expect(broker.nodeIds).toEqual([0, 1]);
    await broker.stopNode(0);
    expect(broker.kafka.cluster.liveNodes.map(({ id }) => id)).toEqual([1]);
    await broker.startNode(0);
    await expect(broker.stopNode(2)).rejects.toThrow('this broker has 0 to 1');
  });

  it('is known by the name that it was to bind', async () => {
    await using broker = await startBroker({ host: 'localhost' });
    expect(broker.urls.kafka).toMatch(/^localhost:\d+$/);
    await (await connect(broker)).close();
  });

  it('says what to do when the port is taken, and leaves nothing open', async () => {
    await using broker = await startBroker();
    const port = Number(new URL(broker.urls.redis).port);
    const before = resources();
    await expect(startBroker({ port })).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
    expect(resources()).toEqual(before);
  });

  it('may try again after a port was taken, but listens once', async () => {
    await using taken = await startBroker();
    await using broker = createBroker();
    await expect(broker.listen({ port: Number(new URL(taken.urls.redis).port) })).rejects.toThrow();
    const listening = broker.listen();
    await expect(broker.listen()).rejects.toMatchObject({ code: 'ALREADY_LISTENING' });
    expect(await listening).toBe(broker);
  });
});

describe('close', () => {
  it('resolves when no handle is left', async () => {
    const before = resources();
    const broker = await startBroker();
    const client = await connect(broker);
    await broker.close();
    await client.closed;
    expect(resources()).toEqual(before);
  });

  it('is idempotent, also while it runs and under its other names', async () => {
    const broker = await startBroker();
    const first = broker.close();
    expect(broker.close()).toBe(first);
    await first;
    await broker[Symbol.asyncDispose]();
    broker[Symbol.dispose]();
    await expect(broker.listen()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('waits for a start that is under way', async () => {
    const before = resources();
    const broker = createBroker();
    const listening = broker.listen();
    await broker.close();
    await listening;
    expect(resources()).toEqual(before);
  });

  it('closes a listening broker that is disposed of without waiting', async () => {
    const broker = await startBroker();
    const client = await connect(broker);
    broker[Symbol.dispose]();
    await client.closed;
    await broker.close();
  });

  it('leaves memory flat over a thousand starts', async () => {
    const cycle = async (count: number) => {
      for (let i = 0; i < count; i++) await (await startBroker()).close();
    };
    await cycle(300);
    const before = usedHeapBytes();
    await cycle(1_000);
    expect((usedHeapBytes() - before) / 1_000).toBeLessThan(1_000);
  });

  it('is not needed for the process to end', async () => {
    const script = `import { startBroker } from '${new URL('../src/index.ts', import.meta.url).pathname}';
      import { connect } from 'node:net';
      const broker = await startBroker();
      const socket = connect(Number(new URL(broker.urls.redis).port), '127.0.0.1', () => socket.write('PING\\r\\n'));
      await new Promise((resolve) => socket.once('data', (bytes) => resolve(process.stdout.write(bytes))));
      socket.unref();`;
    const options = { cwd: fileURLToPath(new URL('..', import.meta.url)), timeout: 20_000 };
    const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], options);
    expect(stdout).toBe('+PONG\r\n');
  });
});

describe('events', () => {
  it('reach listeners by name until they stop', () => {
    const broker = createBroker();
    const seen: JournalEvent[] = [];
    const stop = broker.on('dropped', (event) => seen.push(event));
    broker.redis.publish('news', '1');
    stop();
    broker.redis.publish('news', '2');
    expect(seen).toMatchObject([{ model: 'redis', to: 'news', reason: 'no subscriber' }]);
  });

  it('carry what a user callback threw; without a listener it is a warning of the process', async () => {
    const broker = createBroker();
    const fault = new Error('of the user');
    broker.redis.subscribe('news', () => {
      throw fault;
    });
    const errors: unknown[] = [];
    const stop = broker.on('error', (error) => errors.push(error));
    expect(broker.redis.publish('news', '1')).toBe(1);
    expect(errors).toEqual([fault]);
    stop();
    const warned = new Promise((resolve) => process.once('warning', resolve));
    broker.redis.publish('news', '2');
    expect(await warned).toBe(fault);
  });
});

describe('the clock', () => {
  it('moves by advance when it is virtual, firing what is due', async () => {
    const broker = createBroker({ clock: 'virtual' });
    const start = broker.clock.now;
    await broker.clock.advance('1h');
    await broker.clock.advance(500, { liveness: true });
    expect(broker.clock.now).toBe(start + 3_600_500);
    await expect(broker.clock.advance('soon')).rejects.toMatchObject({ code: 'INVALID_DURATION' });
  });

  it('expires keys of a connected client', async () => {
    await using broker = await startBroker({ clock: 'virtual' });
    const client = await connect(broker);
    client.send('SET k v PX 60000\r\n');
    await client.until((text) => text.endsWith('+OK\r\n'));
    await broker.clock.advance('1m');
    client.send('GET k\r\n');
    expect(await client.until((text) => text.endsWith('$-1\r\n'))).toContain('$-1');
    await client.close();
  });

  it('follows real time otherwise and cannot be advanced', async () => {
    const broker = createBroker();
    expect(Math.abs(broker.clock.now - Date.now())).toBeLessThan(1_000);
    await expect(broker.clock.advance(1)).rejects.toMatchObject({ code: 'CLOCK_NOT_VIRTUAL' });
  });
});

describe('idle', () => {
  it('waits until what clients have sent is worked off', async () => {
    await using broker = await startBroker();
    const client = await connect(broker);
    const seen: string[] = [];
    broker.redis.subscribe('news', (message) => seen.push(message.text()));
    for (let i = 0; i < 100; i++) client.send(`PUBLISH news ${i}\r\n`);
    await broker.idle();
    expect(seen).toHaveLength(100);
    await client.close();
  });

  it('says what is not settled when it takes too long', async () => {
    await using broker = await startBroker();
    const client = await connect(broker);
    let going = true;
    const chatter = (async () => {
      while (going) {
        client.send('PING\r\n');
        await turnOfEventLoop();
      }
    })();
    await expect(broker.idle({ timeout: 20 })).rejects.toMatchObject({
      code: 'NOT_IDLE',
      message: /bytes keep moving/,
    });
    going = false;
    await chatter;
    await client.close();
  });

  it('resolves at once for a broker that nobody uses', async () => {
    await createBroker().idle();
  });
});

describe('the whole state', () => {
  it('goes back to a snapshot, ids included', async () => {
    const broker = createBroker({ seed: 5 });
    const base = broker.snapshot();
    const next = async () => {
      await broker.restart();
      return broker.redis.runId;
    };
    const first = await next();
    await broker.restore(base);
    expect(await next()).toBe(first);
    await broker.restore(snapshotFromBytes(snapshotToBytes(base)));
    expect(await next()).toBe(first);
  });

  it('keeps connections on restore when asked, and cuts them otherwise', async () => {
    await using broker = await startBroker();
    const client = await connect(broker);
    const base = broker.snapshot();
    await client.send('SET k v\r\n').until((text) => text.endsWith('+OK\r\n'));
    await broker.restore(base, { connections: 'keep' });
    expect(await client.send('GET k\r\n').until((text) => text.endsWith('$-1\r\n'))).toContain('$-1');
    await broker.restore(base);
    await client.closed;
  });

  it('is empty after reset, on the same port', async () => {
    await using broker = await startBroker();
    const { redis } = broker.urls;
    const client = await connect(broker);
    await client.send('SET k v\r\n').until((text) => text.endsWith('+OK\r\n'));
    await broker.reset();
    await client.closed;
    expect([broker.urls.redis, broker.journal.since()]).toEqual([redis, []]);
    const again = await connect(broker);
    await again.send('DBSIZE\r\n').until((text) => text.endsWith(':0\r\n'));
    await again.close();
  });

  it('restarts under the same port and cuts every client', async () => {
    await using broker = await startBroker();
    const client = await connect(broker);
    await broker.restart();
    await client.closed;
    expect(broker.journal.since().at(-1)?.name).toBe('restarted');
    await (await connect(broker)).close();
  });
});

describe('nodes', () => {
  it('stop and start by their number', async () => {
    await using broker = await startBroker({ nodes: 2 });
    const [, second = ''] = broker.urls.kafka.split(',');
    await broker.stopNode(2);
    await expect(TcpClient.connect(second)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await broker.startNode(2);
    await (await TcpClient.connect(second)).close();
    await expect(broker.stopNode(3)).rejects.toMatchObject({ code: 'UNKNOWN_NODE' });
    await expect(broker.startNode(0)).rejects.toMatchObject({ code: 'UNKNOWN_NODE' });
  });
});
