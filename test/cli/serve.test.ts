import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serve, type Terminal } from '../../src/cli/serve.js';
import { UsageError } from '../../src/cli/usage.js';
import { type KafkaOptions, startBroker } from '../../src/index.js';

function terminal() {
  const text = { out: '', err: '' };
  const signals = new Map<string, () => void>();
  let exited: (code: number) => void = () => {};
  const code = new Promise<number>((resolve) => {
    exited = resolve;
  });
  const face: Terminal = {
    out: (chunk) => {
      text.out += chunk;
    },
    err: (chunk) => {
      text.err += chunk;
    },
    onSignal: (name, fn) => void signals.set(name, fn),
    exit: (with_) => exited(with_),
  };
  return { ...face, text, signals, code };
}

describe('serve', () => {
  it('prints addresses and environment lines once it listens', async () => {
    const own = terminal();
    const broker = await serve({ options: {}, topics: [], json: false }, own);
    const { kafka, amqp, redis } = broker.urls;
    for (const line of [`KAFKA_BROKERS=${kafka}`, `AMQP_URL=${amqp}`, `REDIS_URL=${redis}`]) {
      expect(own.text.out).toContain(`\nexport ${line}\n`);
    }
    own.signals.get('SIGTERM')?.();
    expect(await own.code).toBe(0);
    expect(() => broker.urls).toThrow();
  });

  it('prints exactly one line of JSON when asked', async () => {
    const own = terminal();
    const broker = await serve({ options: {}, topics: [], json: true }, own);
    const at = broker.urls.kafka;
    expect(own.text.out).toBe(
      `{"kafka":"${at}","amqp":"amqp://${at}","redis":"redis://${at}","http":"http://${at}"}\n`,
    );
    own.signals.get('SIGINT')?.();
    own.signals.get('SIGINT')?.();
    expect(await own.code).toBe(0);
    await broker.close();
  });

  it('tells on stderr what a callback threw', async () => {
    const own = terminal();
    const broker = await serve({ options: {}, topics: [], json: true }, own);
    broker.redis.subscribe('c', () => {
      throw new Error('of the user');
    });
    broker.redis.publish('c', '1');
    expect(own.text.err).toContain('of the user');
    own.signals.get('SIGTERM')?.();
    await own.code;
  });

  it('turns a port that cannot be had into a mistake of the command line', async () => {
    await using taken = await startBroker();
    const port = Number(new URL(taken.urls.redis).port);
    await expect(serve({ options: { port }, topics: [], json: false }, terminal())).rejects.toThrow(UsageError);
    const elsewhere = serve({ options: { host: '192.0.2.1' }, topics: [], json: false }, terminal());
    await expect(elsewhere).rejects.toThrow(/cannot start: .*192\.0\.2\.1/);
  });

  it('makes topics before anybody connects, and finds them again in its directory', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'tribroker-serve-'));
    try {
      const topics = [{ name: 'orders', partitions: 3 }, { name: 'mail' }];
      const options = { kafka: { dataDir, config: { 'num.partitions': 2 } } };
      const own = terminal();
      const first = await serve({ options, topics, json: true }, own);
      const partitions = (name: string) => first.kafka.topic(name).partitions.length;
      expect([partitions('orders'), partitions('mail')]).toEqual([3, 2]);
      first.kafka.produce('orders', { value: 'kept' });
      own.signals.get('SIGTERM')?.();
      await own.code;
      const later = terminal();
      const second = await serve({ options, topics, json: true }, later);
      expect(second.kafka.topic('orders').records()).toHaveLength(1);
      later.signals.get('SIGTERM')?.();
      await later.code;
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });

  it('turns what Kafka refuses and a directory that cannot be had into mistakes of the command line', async () => {
    const start = (kafka: KafkaOptions, name = 'a') =>
      serve({ options: { kafka }, topics: [{ name }], json: false }, terminal());
    await expect(start({ config: { 'num.partitions': 'many' } })).rejects.toThrow(UsageError);
    await expect(start({}, 'no/name')).rejects.toThrow(UsageError);
    await expect(start({ dataDir: '/dev/null/k' })).rejects.toThrow(/cannot start: .*\/dev\/null/);
  });
});
