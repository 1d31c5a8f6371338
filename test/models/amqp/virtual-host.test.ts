import { expect, it } from 'vitest';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';
import { AmqpWorld } from '../../helpers/amqp-wire.js';

it('begins with the exchanges that AMQP asks for', () => {
  const amqp = new AmqpBroker(modelContext());
  const types = ['', 'amq.direct', 'amq.fanout', 'amq.topic', 'amq.headers', 'amq.match'].map(
    (name) => amqp.exchange(name).type,
  );
  expect(types).toEqual(['direct', 'direct', 'fanout', 'topic', 'headers', 'headers']);
});

it('knows nothing of the queues of another', () => {
  const world = new AmqpWorld();
  world.broker.addVhost('other');
  world.broker.setPermissions('guest', 'other', { configure: '.*', write: '.*', read: '.*' });
  const [here, there] = [world.connect(), world.connect({ vhost: 'other' })];
  for (const peer of [here, there]) peer.call(1, 'channel.open');
  here.call(1, 'queue.declare', { queue: 'q' });
  expect(there.call(1, 'queue.declare', { queue: 'q', passive: true }).args.replyText).toBe(
    "NOT_FOUND - no queue 'q' in vhost 'other'",
  );
});

it('keeps durable queues and their persistent messages through a restart, and nothing else', () => {
  const amqp = new AmqpBroker(modelContext());
  amqp.assertQueue('kept', { durable: true });
  amqp.assertQueue('gone', { durable: false });
  amqp.assertExchange('e', 'fanout', { durable: true });
  for (const queue of ['kept', 'gone']) amqp.bind(queue, 'e');
  amqp.publish('e', '', 'stays', { deliveryMode: 2 });
  amqp.publish('e', '', 'goes', { deliveryMode: 1 });
  amqp.restart();
  expect([amqp.queue('kept').exists, amqp.queue('gone').exists]).toEqual([true, false]);
  expect(
    amqp
      .queue('kept')
      .messages()
      .map((message) => message.text()),
  ).toEqual(['stays']);
  expect(amqp.publish('e', '', 'new').routed).toEqual(['kept']);
});

it('holds no more queues than limits say', () => {
  const context = modelContext();
  const amqp = new AmqpBroker({ ...context, limits: { ...context.limits, entityCount: 9 } });
  expect(() => {
    for (let i = 0; i < 10; i++) amqp.assertQueue(`q${i}`);
  }).toThrow("limits.entityCount (9) exceeded by queues of vhost '/'");
  expect(amqp.publish('', 'q0', 'x').routed).toEqual(['q0']);
});
