import { describe, expect, it } from 'vitest';
import { serve, type Terminal } from '../../src/cli/serve.js';
import { UsageError } from '../../src/cli/usage.js';
import { startBroker } from '../../src/index.js';

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
    const broker = await serve({}, false, own);
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
    const broker = await serve({}, true, own);
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
    const broker = await serve({}, true, own);
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
    await expect(serve({ port }, false, terminal())).rejects.toThrow(UsageError);
    await expect(serve({ host: '192.0.2.1' }, false, terminal())).rejects.toThrow(/cannot listen: .*192\.0\.2\.1/);
  });
});
