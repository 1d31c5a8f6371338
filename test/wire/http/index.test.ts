import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/core/clock.js';
import { Journal } from '../../../src/core/journal.js';
import { TEST_LIMITS } from '../../../src/core/limits.js';
import type { Door } from '../../../src/wire/door.js';
import { HttpDoor, type HttpRequest, type HttpRoute } from '../../../src/wire/http/index.js';
import { Listener } from '../../../src/wire/listener.js';
import { TcpClient } from '../../helpers/tcp-client.js';

const request = (path: string): HttpRequest => ({
  method: 'GET',
  path,
  query: new URLSearchParams(),
  headers: {},
  body: new Uint8Array(),
});

describe('routes', () => {
  it('are asked in order until one answers', async () => {
    const asked: string[] = [];
    const route =
      (name: string, answers: boolean): HttpRoute =>
      () => {
        asked.push(name);
        return answers ? { status: 200, body: name } : undefined;
      };
    const door = new HttpDoor([route('a', false), route('b', true), route('c', true)], () => {});
    expect(await door.answer(request('/'))).toEqual({ status: 200, body: 'b' });
    expect(asked).toEqual(['a', 'b']);
  });

  it('that throw give 500 and are reported', async () => {
    const errors: unknown[] = [];
    const fault = new Error('a defect');
    const door = new HttpDoor(
      [
        () => {
          throw fault;
        },
      ],
      (error) => errors.push(error),
    );
    expect(await door.answer(request('/'))).toMatchObject({ status: 500 });
    expect(errors).toEqual([fault]);
  });
});

describe('on a socket', () => {
  let listener: Listener | undefined;
  const errors: unknown[] = [];

  async function serve(...routes: HttpRoute[]): Promise<string> {
    const clock = new VirtualClock();
    const reportError = (error: unknown) => void errors.push(error);
    const http = new HttpDoor(routes, reportError);
    const none = {} as Door;
    listener = new Listener({
      clock,
      limits: TEST_LIMITS,
      journal: new Journal(clock, 0),
      reportError,
      doors: { kafka: none, amqp: none, redis: none },
      acceptHttp: (socket, bytes) => http.accept(socket, bytes),
    });
    const { port } = await listener.listen({ host: '127.0.0.1', port: 0, nodeId: 1 });
    return `http://127.0.0.1:${port}`;
  }

  afterEach(async () => {
    await listener?.close();
    expect(errors.splice(0)).toEqual([]);
  });

  it('a route sees method, path, query, headers and body', async () => {
    let seen: HttpRequest | undefined;
    const url = await serve((each) => {
      seen = each;
      return { status: 204, headers: { 'x-own': '1' } };
    });
    const answer = await fetch(`${url}/api/queues/%2F/a%20b?columns=name`, {
      method: 'PUT',
      headers: { 'X-Token': 't' },
      body: '{"durable":true}',
    });
    expect([answer.status, answer.headers.get('x-own'), await answer.text()]).toEqual([204, '1', '']);
    expect(seen).toMatchObject({ method: 'PUT', path: '/api/queues/%2F/a%20b' });
    expect([seen?.query.get('columns'), seen?.headers['x-token']]).toEqual(['name', 't']);
    expect(Buffer.from(seen?.body ?? []).toString()).toBe('{"durable":true}');
  });

  it('text, bytes and values leave with their type', async () => {
    const bodies: Record<string, unknown> = { '/text': 'plain', '/bytes': Uint8Array.of(1, 2), '/json': { a: [1] } };
    const url = await serve(({ path }) => ({ status: 200, body: bodies[path] }));
    const get = async (path: string) => {
      const answer = await fetch(url + path);
      return [answer.headers.get('content-type'), Buffer.from(await answer.arrayBuffer()).toString('latin1')];
    };
    expect(await get('/text')).toEqual(['text/plain; charset=utf-8', 'plain']);
    expect(await get('/bytes')).toEqual([null, '\x01\x02']);
    expect(await get('/json')).toEqual(['application/json', '{"a":[1]}']);
  });

  it('a path without a route is 404 in the form that RabbitMQ has', async () => {
    const answer = await fetch(await serve());
    expect([answer.status, await answer.json()]).toEqual([404, { error: 'Object Not Found', reason: 'Not Found' }]);
  });

  it('a target that is no path is 400', async () => {
    const client = await TcpClient.connect(await serve());
    client.send('GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await client.closed;
    expect(client.text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('a body above the limit ends the connection', async () => {
    const client = await TcpClient.connect(await serve(() => ({ status: 200 })));
    client.send(`PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ${20 * 1024 * 1024}\r\n\r\n`);
    client.send(Buffer.alloc(17 * 1024 * 1024));
    await client.closed;
    expect(client.text).toBe('');
  });

  it('several requests share a connection', async () => {
    const client = await TcpClient.connect(await serve(({ path }) => ({ status: 200, body: path })));
    client.send('GET /one HTTP/1.1\r\nHost: x\r\n\r\nGET /two HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await client.until((text) => text.includes('/two'))).toMatch(/\/one[\s\S]*\/two/);
    await client.close();
  });
});
