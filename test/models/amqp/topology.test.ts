import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AmqpBroker, AmqpError } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';
import { amqpScene } from '../../helpers/amqp-scene.js';

const NAMES = ['a', 'b', '__proto__', 'constructor'];
const step = fc.record({
  do: fc.constantFrom('exchange', 'queue', 'bind', 'unbind', 'delete-queue'),
  name: fc.constantFrom(...NAMES),
  other: fc.constantFrom(...NAMES),
});

it('prop: R16 no binding is left of what is gone, and every refusal is an AmqpError', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const amqp = new AmqpBroker(modelContext());
      for (const { do: what, name, other } of steps) {
        try {
          if (what === 'exchange') amqp.assertExchange(name, 'fanout');
          else if (what === 'queue') amqp.assertQueue(name);
          else if (what === 'bind') amqp.bind(name, other);
          else if (what === 'unbind') amqp.unbind(name, other);
          else amqp.queue(name).delete();
        } catch (error) {
          expect(error).toBeInstanceOf(AmqpError);
        }
      }
      for (const name of NAMES) {
        const exchange = amqp.exchange(name);
        if (!amqp.vhosts.get('/')?.exchanges.has(name)) continue;
        for (const { destination } of exchange.bindings) expect(amqp.queue(destination).exists).toBe(true);
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

it('a second declaration changes nothing, one that differs is refused and changes nothing', () => {
  const amqp = new AmqpBroker(modelContext());
  amqp.assertQueue('q', { maxLength: 1 });
  amqp.publish('', 'q', 'x');
  amqp.assertQueue('q', { maxLength: 1 });
  expect(() => amqp.assertQueue('q', { maxLength: 2 })).toThrow("inequivalent arg 'x-max-length'");
  expect(() => amqp.assertExchange('amq.topic', 'direct')).toThrow("inequivalent arg 'type'");
  amqp.publish('', 'q', 'y');
  expect([amqp.queue('q').length, amqp.queue('q').peek()?.text()]).toEqual([1, 'y']);
});

it('an exclusive queue is not durable, whatever was asked for, and so the same either way', () => {
  const { world, peer } = amqpScene();
  peer.call(1, 'queue.declare', { queue: 'mine', exclusive: true, durable: true });
  expect(peer.call(1, 'queue.declare', { queue: 'mine', exclusive: true }).name).toBe('queue.declare-ok');
  expect(world.broker.vhosts.get('/')?.queues.get('mine')?.durable).toBe(false);
});

it('binds to a topic exchange by the keys that its user may read, the name of the user in them', async () => {
  const { world, peer } = amqpScene();
  const patterns = { exchange: 'amq.topic', write: '^{vhost}', read: '^of\\.{username}' };
  await world.http('PUT', '/api/topic-permissions/%2F/guest', patterns);
  const bind = (name: string, routingKey: string) => {
    peer.send(1, 'channel.open');
    peer.takeAll();
    const { args } = peer.call(1, name, { queue: 'q', exchange: 'amq.topic', routingKey });
    peer.send(1, 'channel.close-ok');
    return args.replyText ?? 'ok';
  };
  const no = (key: string) =>
    `ACCESS_REFUSED - access to topic '${key}' in exchange 'amq.topic' in vhost '/' refused for user 'guest'`;
  peer.call(1, 'channel.close', { replyCode: 200 });
  expect(bind('queue.bind', 'other')).toBe(no('other'));
  expect(bind('queue.unbind', 'other')).toBe(no('other'));
  peer.call(1, 'channel.open');
  expect(peer.call(1, 'queue.bind', { queue: 'q', exchange: 'amq.topic', routingKey: 'of.guest' }).name).toBe(
    'queue.bind-ok',
  );
  const between = { source: 'amq.topic', destination: 'amq.fanout', routingKey: 'other' };
  expect(peer.call(1, 'exchange.bind', between).args.replyText).toBe(no('other'));
});
