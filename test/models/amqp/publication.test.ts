import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkExpiration } from '../../../src/models/amqp/publication.js';
import { amqpScene } from '../../helpers/amqp-scene.js';
import { AmqpWorld } from '../../helpers/amqp-wire.js';

it('prop: an expiration is a whole number of milliseconds up to ten years', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 315_360_000_000 }), (ms) => {
      expect(checkExpiration(String(ms))).toBe(ms);
    }),
  );
});

it.each([
  ['', 'no_integer'],
  ['x', 'no_integer'],
  ['5x', '{leftover_string,"x"}'],
  ['1.5', '{leftover_string,".5"}'],
  ['-1', '{value_negative,-1}'],
  ['315360000001', '{value_too_large,315360000001}'],
])('an expiration of %j is refused in RabbitMQ’s words', (text, why) => {
  expect(() => checkExpiration(text)).toThrow(`invalid expiration '${text}': ${why}`);
});

it.each<[Record<string, unknown>, Record<string, unknown>, string]>([
  [{ exchange: 'none' }, {}, "NOT_FOUND - no exchange 'none' in vhost '/'"],
  [{}, { userId: 'eve' }, "PRECONDITION_FAILED - user_id property set to 'eve' but authenticated user was 'guest'"],
  [{}, { deliveryMode: 9 }, 'PRECONDITION_FAILED - invalid message: {delivery_mode_unknown,9}'],
  [{}, { replyTo: 'amq.rabbitmq.reply-to' }, 'PRECONDITION_FAILED - fast reply consumer does not exist'],
])('a publish %j with %j ends its channel', (args, props, text) => {
  const { peer, take } = amqpScene();
  peer.publish(1, { routingKey: 'q', ...args }, props, 'x');
  expect(take()).toEqual([text]);
  expect(peer.call(2, 'basic.get', { queue: 'q' }).name).toBe('basic.get-empty');
});

it('whoever has the tag impersonator publishes as any user', () => {
  const { world, peer, publish } = amqpScene();
  world.broker.setUser('guest', { tags: ['administrator', 'impersonator'] });
  publish('x', { userId: 'eve' });
  expect(peer.call(1, 'basic.get', { queue: 'q' })).toMatchObject({ body: 'x', props: { userId: 'eve' } });
});

it('a body beyond the limit ends its channel, one at the limit passes', () => {
  const world = new AmqpWorld({}, { amqpMessageBytes: 3 });
  const peer = world.connect();
  peer.call(1, 'channel.open');
  peer.call(1, 'queue.declare', { queue: 'q' });
  peer.publish(1, { routingKey: 'q' }, {}, 'abc');
  expect(peer.call(1, 'basic.get', { queue: 'q' }).body).toBe('abc');
  peer.publish(1, { routingKey: 'q' }, {}, 'abcd');
  expect(peer.takeAll()).toMatchObject([{ args: { replyText: expect.stringContaining('message size 4 is larger') } }]);
});

it('CC and BCC add keys; BCC leaves no trace', () => {
  const { peer, publish } = amqpScene();
  for (const queue of ['copy', 'blind']) peer.call(1, 'queue.declare', { queue });
  publish('x', { headers: { CC: ['copy'], BCC: ['blind'] } });
  for (const queue of ['q', 'copy', 'blind']) {
    const got = peer.call(1, 'basic.get', { queue });
    expect([got.body, got.props?.headers]).toEqual(['x', { CC: ['copy'] }]);
  }
});

it('CC that is no array is refused, whatever else is wrong with the message', () => {
  const { publish } = amqpScene();
  expect(publish('x', { deliveryMode: 3, headers: { CC: 'copy' } })).toEqual([
    'PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,"CC",longstr}',
  ]);
});
