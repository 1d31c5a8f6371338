import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test('a binding has a name of its own, under which it is shown and removed', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/queues/%2F/q', {});
  const between = '/api/bindings/%2F/e/amq.direct/q/q';
  const made = await world.http('POST', between, { routing_key: 'a b/c' });
  expect([made.status, made.headers?.location]).toEqual([201, `q/${encodeURIComponent('a+b%2Fc')}`]);
  const plain = await world.http('POST', between, {});
  expect(plain.headers?.location).toBe('q/~');
  await world.http('POST', between, { routing_key: 'k', arguments: { n: 1 } });
  const { body } = await world.http('GET', between);
  expect(body.map((item: { routing_key: string }) => item.routing_key).sort()).toEqual(['', 'a b/c', 'k']);
  for (const { properties_key: key, routing_key } of body) {
    const path = `${between}/${encodeURIComponent(key)}`;
    expect((await world.http('GET', path)).body.routing_key).toBe(routing_key);
    expect((await world.http('DELETE', path)).status).toBe(204);
    expect((await world.http('DELETE', path)).status).toBe(404);
  }
  expect((await world.http('GET', between)).body).toEqual([]);
});

test.each([
  ['', { 'x-own': 1 }, '~mYtsSA'],
  ['k.*', { h: null }, 'k.%2A~zynscQ'],
  ['', { h: 1, 'x-own': 1 }, '~PCkoug'],
  ['', { 'x-match': 'any', 'x-own': 1 }, '~k7CfNw'],
])('the arguments of a binding are in its name as RabbitMQ hashes them: %j %j', async (routingKey, args, name) => {
  const world = new AmqpWorld();
  const peer = world.connect();
  peer.call(1, 'channel.open');
  peer.call(1, 'queue.declare', { queue: 'q' });
  peer.call(1, 'queue.bind', { queue: 'q', exchange: 'amq.direct', routingKey, args });
  const { body } = await world.http('GET', '/api/bindings/%2F/e/amq.direct/q/q');
  expect(body[0].properties_key).toBe(name);
});

test('every queue is bound to the default exchange, which takes no other binding', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/queues/%2F/q', {});
  expect((await world.http('GET', '/api/queues/%2F/q/bindings')).body).toEqual([
    {
      source: '',
      vhost: '/',
      destination: 'q',
      destination_type: 'queue',
      routing_key: 'q',
      arguments: {},
      properties_key: 'q',
    },
  ]);
  expect((await world.http('POST', '/api/bindings/%2F/e/amq.default/q/q', {})).status).toBe(401);
});

test('a binding between what is not there is 404', async () => {
  const world = new AmqpWorld();
  const { status, body } = await world.http('POST', '/api/bindings/%2F/e/amq.direct/q/nope', {});
  expect([status, body.error]).toEqual([404, 'not_found']);
  expect((await world.http('GET', '/api/bindings/%2F/e/amq.direct/z/nope')).status).toBe(404);
});
