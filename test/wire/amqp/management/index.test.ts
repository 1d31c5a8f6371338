import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../../../src/wire/amqp/management/index.js';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

describe('management API', () => {
  test('wants credentials, right ones, and a user with a tag', async () => {
    const world = new AmqpWorld();
    world.broker.setUser('plain', { password: 'x' });
    world.broker.setUser('watcher', { password: 'x', tags: 'management' });
    expect(await world.http('GET', '/api/overview', undefined, 'guest:wrong')).toMatchObject({
      status: 401,
      body: { error: 'not_authorized', reason: 'Login failed' },
    });
    expect((await world.http('GET', '/api/overview', undefined, 'plain:x')).status).toBe(401);
    expect((await world.http('GET', '/api/overview', undefined, 'watcher:x')).status).toBe(200);
    expect((await world.http('GET', '/api/users', undefined, 'watcher:x')).status).toBe(401);
  });

  test('a path that is known in another method gets 405, any other 404', async () => {
    const world = new AmqpWorld();
    expect((await world.http('POST', '/api/queues/%2F/q')).status).toBe(405);
    expect(await world.http('GET', '/api/nope')).toEqual({
      status: 404,
      body: { error: 'Object Not Found', reason: 'Not Found' },
    });
  });

  test('anybody may know which methods a path has', async () => {
    const world = new AmqpWorld();
    const ask = (method: string, path: string) => world.http(method, `/api/${path}`, undefined, 'nobody:nothing');
    const bindings = 'HEAD, GET, POST, OPTIONS';
    expect(await ask('OPTIONS', 'bindings/%2F/e/x/q/q')).toMatchObject({ status: 200, headers: { allow: bindings } });
    expect(await ask('PUT', 'bindings/%2F/e/x/q/q')).toMatchObject({ status: 405, headers: { allow: bindings } });
    expect(await ask('DELETE', 'users/bulk-delete')).toMatchObject({ headers: { allow: 'POST, OPTIONS' } });
    expect(await ask('PUT', 'nope')).toMatchObject({ status: 405, headers: { allow: 'HEAD, GET, OPTIONS' } });
  });

  test('credentials without a colon are none', async () => {
    expect((await new AmqpWorld().http('GET', '/api/overview', undefined, 'guest')).status).toBe(400);
  });

  test.each([
    ['PUT', 'operator-policies/%2F/p', { pattern: '', definition: { 'max-length': 1 } }],
    ['PUT', 'vhost-limits/%2F/max-queues', { value: 1 }],
    ['PUT', 'user-limits/guest/max-channels', { value: 1 }],
    ['POST', 'definitions', {}],
  ])('%s %s wants a body that is called JSON', async (method, path, body) => {
    const world = new AmqpWorld();
    const ask = (contentType: string) => world.http(method, `/api/${path}`, body, 'guest:guest', contentType);
    expect((await ask('application/x-www-form-urlencoded')).status).toBe(415);
    expect((await ask('application/json; charset=utf-8')).status).toBeLessThan(300);
  });

  test('every list endpoint answers', async () => {
    const world = new AmqpWorld();
    for (const { method, path } of ENDPOINTS) {
      if (method !== 'GET' || path.replace('{vhost}', '').includes('{')) continue;
      const answer = await world.http('GET', path.replace('{vhost}', '%2F'));
      expect([path, answer.status]).toEqual([path, 200]);
    }
  });
});
