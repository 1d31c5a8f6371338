import { expect, test } from 'vitest';
import { amqpScene } from '../../../helpers/amqp-scene.js';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test('connections, channels and consumers are listed, and a connection can be closed', async () => {
  const world = new AmqpWorld();
  const peer = world.connect();
  peer.call(1, 'channel.open');
  peer.call(1, 'queue.declare', { queue: 'q' });
  peer.call(1, 'basic.qos', { prefetchCount: 7 });
  peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'tag' });
  const name = '127.0.0.1:40001 -> 127.0.0.1:5672';
  const { body: connections } = await world.http('GET', '/api/connections');
  expect(connections).toMatchObject([
    { name, user: 'guest', vhost: '/', state: 'running', channels: 1, frame_max: 131_072 },
  ]);
  const { body: channels } = await world.http('GET', '/api/channels');
  expect(channels).toMatchObject([{ name: `${name} (1)`, number: 1, consumer_count: 1, prefetch_count: 7 }]);
  const { body: consumers } = await world.http('GET', '/api/consumers');
  expect(consumers).toMatchObject([{ consumer_tag: 'tag', queue: { name: 'q', vhost: '/' }, activity_status: 'up' }]);
  expect((await world.http('DELETE', `/api/connections/${encodeURIComponent(name)}`)).status).toBe(204);
  expect(peer.takeAll()).toMatchObject([
    {
      name: 'connection.close',
      args: { replyCode: 320, replyText: 'CONNECTION_FORCED - Closed via management plugin' },
    },
  ]);
});

test('a connection is found by its name, a channel by its own, and neither in another vhost', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/vhosts/other');
  const peer = world.connect();
  peer.call(1, 'channel.open');
  peer.call(1, 'confirm.select');
  const [{ name }] = (await world.http('GET', '/api/vhosts/%2F/connections')).body;
  const path = `/api/connections/${encodeURIComponent(name)}`;
  expect((await world.http('GET', `${path}?columns=user,state`)).body).toEqual({ user: 'guest', state: 'running' });
  expect((await world.http('GET', `${path}/channels`)).body).toMatchObject([{ number: 1, confirm: true }]);
  const channel = encodeURIComponent(`${name} (1)`);
  expect((await world.http('GET', `/api/channels/${channel}`)).body).toMatchObject({ transactional: false });
  expect((await world.http('GET', '/api/channels/nope')).status).toBe(404);
  expect((await world.http('GET', '/api/vhosts/other/channels')).body).toEqual([]);
  expect((await world.http('GET', '/api/vhosts/%2F/channels')).body).toHaveLength(1);
});

test('tells of a channel what it consumes', async () => {
  const { world, peer, consume } = amqpScene();
  consume(1, 'c');
  const [{ name }] = (await world.http('GET', '/api/channels')).body;
  const { body } = await world.http('GET', `/api/channels/${encodeURIComponent(name)}`);
  expect(body).toMatchObject({ consumer_count: 1, consumer_details: [{ consumer_tag: 'c', queue: { name: 'q' } }] });
  expect(body).toMatchObject({ deliveries: [], publishes: [] });
  expect(peer.ended).toBe(false);
});

test('all connections of a user are closed at once', async () => {
  const world = new AmqpWorld();
  const peers = [world.connect(), world.connect()];
  expect((await world.http('DELETE', '/api/connections/username/nobody')).status).toBe(204);
  expect((await world.http('DELETE', '/api/connections/username/guest')).status).toBe(204);
  for (const peer of peers) {
    expect(peer.items.at(-1)).toMatchObject({ name: 'connection.close', args: { replyCode: 320 } });
  }
});
