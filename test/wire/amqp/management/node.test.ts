import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test('the overview counts what there is', async () => {
  const world = new AmqpWorld();
  const peer = world.connect();
  peer.call(1, 'channel.open');
  peer.call(1, 'queue.declare', { queue: 'q' });
  peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'tag' });
  const { body } = await world.http('GET', '/api/overview');
  expect(body.object_totals).toMatchObject({ connections: 1, channels: 1, consumers: 1, queues: 1 });
  expect(body.product_name).toBe('RabbitMQ');
  expect(body.exchange_types.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(['direct', 'fanout', 'topic', 'headers']),
  );
});

test('the node is known by its name, and who asks by theirs', async () => {
  const world = new AmqpWorld();
  const [node] = (await world.http('GET', '/api/nodes')).body;
  expect(node).toMatchObject({ running: true, mem_alarm: false });
  expect((await world.http('GET', `/api/nodes/${node.name}`)).body).toEqual(node);
  expect((await world.http('GET', '/api/nodes/rabbit@nowhere')).status).toBe(404);
  expect((await world.http('GET', '/api/whoami')).body).toEqual({ name: 'guest', tags: ['administrator'] });
});
