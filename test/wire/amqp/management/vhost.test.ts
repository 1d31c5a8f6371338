import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test('a vhost is added with what is said of it, and may be used by who added it', async () => {
  const world = new AmqpWorld();
  expect((await world.http('PUT', '/api/vhosts/v', { description: 'for tests', tags: 'a,b' })).status).toBe(201);
  expect((await world.http('GET', '/api/vhosts/v')).body).toMatchObject({
    name: 'v',
    description: 'for tests',
    tags: ['a', 'b'],
    messages: 0,
  });
  expect((await world.http('PUT', '/api/queues/v/q', {})).status).toBe(201);
  expect((await world.http('PUT', '/api/vhosts/v', {})).status).toBe(204);
  expect((await world.http('DELETE', '/api/vhosts/v')).status).toBe(204);
  expect((await world.http('DELETE', '/api/vhosts/v')).status).toBe(404);
});

test('limits of a vhost take effect and are cleared', async () => {
  const world = new AmqpWorld();
  expect((await world.http('PUT', '/api/vhost-limits/%2F/max-queues', { value: 0 })).status).toBe(204);
  expect((await world.http('GET', '/api/vhost-limits')).body).toEqual([{ vhost: '/', value: { 'max-queues': 0 } }]);
  expect((await world.http('PUT', '/api/queues/%2F/q', {})).body.reason).toContain('queue limit');
  expect((await world.http('PUT', '/api/vhost-limits/%2F/max-dreams', { value: 1 })).status).toBe(400);
  expect((await world.http('DELETE', '/api/vhost-limits/%2F/max-queues')).status).toBe(204);
  expect((await world.http('PUT', '/api/queues/%2F/q', {})).status).toBe(201);
});

test('the probe for a living vhost leaves its queue, empty', async () => {
  const world = new AmqpWorld();
  expect((await world.http('GET', '/api/aliveness-test/%2F')).body).toEqual({ status: 'ok' });
  expect((await world.http('GET', '/api/queues/%2F/aliveness-test')).body.messages).toBe(0);
});
