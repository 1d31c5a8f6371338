import { expect, it } from 'vitest';
import { AmqpError } from '../../../src/models/amqp/index.js';
import { amqpScene } from '../../helpers/amqp-scene.js';
import { AmqpWorld } from '../../helpers/amqp-wire.js';

it('takes its exclusive queues along, and returns what it had not settled', () => {
  const { world, peer, publish } = amqpScene();
  peer.call(1, 'queue.declare', { queue: 'mine', exclusive: true });
  publish('x');
  peer.call(1, 'basic.get', { queue: 'q' });
  peer.drop();
  const other = world.connect();
  other.call(1, 'channel.open');
  expect(other.call(1, 'basic.get', { queue: 'q' })).toMatchObject({ body: 'x', args: { redelivered: true } });
  expect(other.call(1, 'queue.declare', { queue: 'mine', passive: true }).args.replyCode).toBe(404);
});

it('locks its exclusive queues for others', () => {
  const { world, peer } = amqpScene();
  peer.call(1, 'queue.declare', { queue: 'mine', exclusive: true });
  const other = world.connect();
  other.call(1, 'channel.open');
  expect(other.call(1, 'basic.get', { queue: 'mine' }).args.replyText).toMatch(
    /^RESOURCE_LOCKED - cannot obtain exclusive access/,
  );
});

it('opens a channel once, and not more than were agreed on', () => {
  const world = new AmqpWorld();
  const again = world.connect();
  again.call(1, 'channel.open');
  expect(again.call(1, 'channel.open').args.replyText).toContain("second 'channel.open' seen");
  const narrow = world.connect({ channelMax: 1 });
  narrow.call(1, 'channel.open');
  expect(narrow.call(2, 'channel.open').name).toBe('connection.close');
});

it('is closed from this side with a reason', () => {
  const { world, peer } = amqpScene();
  for (const connection of world.broker.connections) {
    connection.forceClose(new AmqpError('CONNECTION_FORCED', 'for maintenance'));
  }
  expect(peer.takeAll()).toMatchObject([
    { name: 'connection.close', args: { replyCode: 320, replyText: 'CONNECTION_FORCED - for maintenance' } },
  ]);
  expect([...world.broker.connections]).toEqual([]);
});

it('returns nothing to a consumer that ends with it', () => {
  const { world, peer, publish, consume } = amqpScene();
  consume(1, 'first');
  peer.call(2, 'basic.consume', { queue: 'q', consumerTag: 'second', noAck: true });
  publish('x');
  peer.drop();
  const other = world.connect();
  other.call(1, 'channel.open');
  expect(other.call(1, 'basic.get', { queue: 'q' })).toMatchObject({ body: 'x', args: { redelivered: true } });
});
