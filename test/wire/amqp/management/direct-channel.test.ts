import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test("what a user may not do over AMQP, the user may not do here, with AMQP's reason or none", async () => {
  const world = new AmqpWorld();
  world.broker.setUser('reader', { password: 'x', tags: 'management' });
  world.broker.setPermissions('reader', '/', { configure: '^$', write: '^$', read: '.*' });
  expect(await world.http('PUT', '/api/queues/%2F/q', {}, 'reader:x')).toEqual({
    status: 401,
    body: { error: 'not_authorised', reason: 'Access refused.' },
  });
  expect(await world.http('PUT', '/api/exchanges/%2F/x', { type: 'no-such-type' })).toMatchObject({
    status: 400,
    body: { error: 'bad_request', reason: expect.stringContaining('no-such-type') },
  });
});

test('the channel of a request is gone afterwards, also when it failed', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/queues/%2F/q', {});
  await world.http('PUT', '/api/queues/%2F/q', { durable: true });
  expect((await world.http('GET', '/api/overview')).body.object_totals).toMatchObject({ connections: 0, channels: 0 });
});
