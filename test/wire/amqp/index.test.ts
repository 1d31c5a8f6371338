import { expect, it } from 'vitest';
import { AmqpWorld } from '../../helpers/amqp-wire.js';

it('names a connection by its two ends, as RabbitMQ does', () => {
  const world = new AmqpWorld();
  world.connect();
  const [session] = world.door.sessions;
  expect(session?.info.remote.port).toBe(40_001);
  expect([...world.broker.connections].map(({ name }) => name)).toEqual(['127.0.0.1:40001 -> 127.0.0.1:5672']);
});

it('forgets a session with its connection', () => {
  const world = new AmqpWorld();
  const peer = world.connect();
  expect(world.door.sessions.size).toBe(1);
  peer.drop();
  expect([world.door.sessions.size, [...world.broker.connections].length]).toEqual([0, 0]);
});

it.each([
  ['3', 134_217_728],
  ['4', 16_777_216],
] as const)('version %s takes messages of up to %i bytes, or of what limits say', (version, most) => {
  expect(new AmqpWorld({ version }, { amqpMessageBytes: 2 ** 31 }).door.largestMessageBytes).toBe(most);
  expect(new AmqpWorld({ version }, { amqpMessageBytes: 5 }).door.largestMessageBytes).toBe(5);
});
