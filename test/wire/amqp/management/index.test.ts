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

  test('every list endpoint answers', async () => {
    const world = new AmqpWorld();
    for (const { method, path } of ENDPOINTS) {
      if (method !== 'GET' || path.replace('{vhost}', '').includes('{')) continue;
      const answer = await world.http('GET', path.replace('{vhost}', '%2F'));
      expect([path, answer.status]).toEqual([path, 200]);
    }
  });
});
