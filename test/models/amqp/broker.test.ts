import { expect, it } from 'vitest';
import { AmqpBroker, type ExchangeType } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';
import { AmqpWorld } from '../../helpers/amqp-wire.js';

it('knows its users by their passwords, and what they may do', () => {
  const world = new AmqpWorld();
  expect([world.broker.authenticate('guest', 'guest'), world.broker.authenticate('guest', 'x')]).toEqual([true, false]);
  world.broker.setUser('eve', { password: 'secret' });
  world.broker.setPermissions('eve', '/', { configure: '^eve', write: '', read: '.*' });
  const peer = world.connect({ user: 'eve', pass: 'secret' });
  peer.call(1, 'channel.open');
  expect(peer.call(1, 'queue.declare', { queue: 'eve-1' }).name).toBe('queue.declare-ok');
  expect(peer.call(1, 'queue.declare', { queue: 'other' }).args.replyText).toBe(
    "ACCESS_REFUSED - access to queue 'other' in vhost '/' refused for user 'eve'",
  );
});

it('routes by a registered type of exchange', () => {
  const amqp = new AmqpBroker(modelContext());
  const inner = (type: string): ExchangeType => ({
    name: 'x-upper',
    create: ({ create }) => {
      const matcher = create(type);
      return { ...bound(matcher), match: (key, message) => matcher.match(key.toUpperCase(), message) };
    },
  });
  amqp.registerExchangeType(inner('direct'));
  amqp.assertExchange('e', 'x-upper');
  amqp.assertQueue('q');
  amqp.bind('q', 'e', 'KEY');
  expect(amqp.publish('e', 'key', 'x').routed).toEqual(['q']);
});

const bound = (matcher: ReturnType<ExchangeType['create']>) => ({
  add: matcher.add.bind(matcher),
  remove: matcher.remove.bind(matcher),
});

it('explains a route without publishing', () => {
  const amqp = new AmqpBroker(modelContext());
  amqp.assertQueue('q');
  amqp.bind('q', 'amq.topic', 'a.*');
  expect(amqp.explain('amq.topic', 'a.b')).toMatchObject({ type: 'topic', routed: ['q'] });
  expect(amqp.explain('amq.topic', 'b').routed).toEqual([]);
  expect(amqp.queue('q').length).toBe(0);
});

it('restores what it was, whatever happened since', () => {
  const amqp = new AmqpBroker(modelContext());
  amqp.assertQueue('q');
  for (const body of ['1', '2']) amqp.publish('', 'q', body);
  const taken = amqp.get('q');
  const state = amqp.snapshot();
  taken?.ack();
  amqp.queue('q').delete();
  amqp.assertQueue('later');
  amqp.restore(state);
  expect(amqp.queue('later').exists).toBe(false);
  expect(
    amqp
      .queue('q')
      .messages()
      .map((message) => message.text()),
  ).toEqual(['1', '2']);
});

it('is as new after a reset', () => {
  const amqp = new AmqpBroker(modelContext());
  amqp.assertQueue('q');
  amqp.addVhost('other');
  amqp.reset();
  expect([amqp.queue('q').exists, [...amqp.vhosts.keys()]]).toEqual([false, ['/']]);
});
