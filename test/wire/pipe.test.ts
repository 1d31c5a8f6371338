import { once } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PipeEnd } from '../../src/wire/pipe.js';

async function all(end: PipeEnd): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of end) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('a pipe', () => {
  it('connects both ends, and tells so later, as a socket does', async () => {
    const [client, server] = PipeEnd.pair();
    expect(client.connecting).toBe(true);
    await Promise.all([once(client, 'connect'), once(server, 'connect')]);
    expect(client.connecting).toBe(false);
  });

  it('prop: what one end writes arrives at the other, in order, whatever the cuts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40_000 }), { maxLength: 8 }),
        async (parts) => {
          const [client, server] = PipeEnd.pair();
          const arrived = all(server);
          for (const part of parts) client.write(part);
          client.end();
          expect(await arrived).toEqual(Buffer.concat(parts));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('copies: a buffer that is used again changes nothing', async () => {
    const [client, server] = PipeEnd.pair();
    const buffer = Buffer.from('first');
    client.end(buffer);
    buffer.fill('x');
    expect((await all(server)).toString()).toBe('first');
  });

  it('takes only what is read: the rest waits, and goes on when reading does', async () => {
    const [client, server] = PipeEnd.pair();
    server.pause();
    const chunk = Buffer.alloc(64 * 1024);
    for (let i = 0; i < 10; i++) client.write(chunk);
    expect(client.writableLength).toBeGreaterThan(0);
    client.end();
    expect((await all(server)).length).toBe(10 * chunk.length);
  });

  it('lets a server answer after the client has ended', async () => {
    const [client, server] = PipeEnd.pair();
    const answer = all(client);
    client.end('question');
    const [[question]] = await Promise.all([once(server, 'data'), once(server, 'end')]);
    expect(String(question)).toBe('question');
    server.end('answer');
    expect((await answer).toString()).toBe('answer');
  });

  it('ends for the peer when an end is destroyed, also while a write waits', async () => {
    const [client, server] = PipeEnd.pair();
    server.pause();
    server.write(Buffer.alloc(1_000_000));
    client.destroy();
    server.resume();
    await once(server, 'end');
    server.destroySoon();
    await once(server, 'close');
    expect(client.destroyed).toBe(true);
  });
});
