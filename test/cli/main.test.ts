import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { startBroker } from '../../src/index.js';
import { TcpClient } from '../helpers/tcp-client.js';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const children = new Set<ChildProcess>();

/** The command as a process of its own. */
function start(...words: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const text = { out: '', err: '' };
  let arrived = () => {};
  for (const [stream, name] of [
    [child.stdout, 'out'],
    [child.stderr, 'err'],
  ] as const) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      arrived();
    });
  }
  const ended = once(child, 'close').then(([code]) => {
    children.delete(child);
    arrived();
    return code as number | null;
  });
  const until = async (stream: 'out' | 'err', wanted: RegExp) => {
    while (!wanted.test(text[stream])) {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${text.err}`);
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
    return text[stream];
  };
  return { child, text, ended, until };
}

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

describe('tribroker', () => {
  it('serves without a command, says where in lines to paste, and stops at SIGINT', async () => {
    const { child, text, ended, until } = start();
    await until('out', /REDIS_URL=.*\n/);
    const [, port] = /export KAFKA_BROKERS=127\.0\.0\.1:(\d+)\n/.exec(text.out) ?? [];
    expect(text.out).toContain(
      `export AMQP_URL=amqp://127.0.0.1:${port}\nexport REDIS_URL=redis://127.0.0.1:${port}\n`,
    );
    child.kill('SIGINT');
    expect([await ended, text.err]).toEqual([0, '']);
  });

  it('prints one line of JSON, restarts at SIGHUP, and stops at SIGTERM with clients connected', async () => {
    const { child, text, ended, until } = start('serve', '--json', '--nodes', '2', '--redis-version', '7.0');
    const ready = JSON.parse(await until('out', /\n/));
    expect(Object.keys(ready)).toEqual(['kafka', 'amqp', 'redis', 'http']);
    expect(ready.kafka).toMatch(/^127\.0\.0\.1:\d+,127\.0\.0\.1:\d+$/);
    const client = await TcpClient.connect(ready.redis);
    await client.send('SET k v\r\n').until((received) => received === '+OK\r\n');
    child.kill('SIGHUP');
    await until('err', /restarted\n/);
    await client.closed;
    const again = await TcpClient.connect(ready.redis);
    await again.send('GET k\r\n').until((received) => received === '$-1\r\n');
    child.kill('SIGTERM');
    await again.closed;
    expect([await ended, text.out.split('\n').length]).toEqual([0, 2]);
  });

  it('says in one line that a port is busy and ends with 2', async () => {
    await using broker = await startBroker();
    const { port } = new URL(broker.urls.redis);
    const { text, ended } = start('serve', '--port', port, '--json');
    expect(await ended).toBe(2);
    expect(text).toEqual({
      out: '',
      err: expect.stringMatching(new RegExp(`^tribroker: port ${port} .* in use.*\n$`)),
    });
  });

  it('says in one line what is wrong with an option and ends with 2', async () => {
    const { text, ended } = start('serve', '--prot', '1');
    expect([await ended, text.out, text.err]).toEqual([
      2,
      '',
      "tribroker: unknown option '--prot'; did you mean --port?\n",
    ]);
  });

  it('tells its version and its options', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const [told, help] = [start('--version'), start('serve', '--help')];
    expect([await told.ended, told.text.out]).toEqual([0, `${version}\n`]);
    expect(await help.ended).toBe(0);
    expect(help.text.out).toMatch(/--standard-ports[\s\S]*SIGHUP/);
  });
});
