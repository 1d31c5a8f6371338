import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AmqpBroker, AmqpError } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';
import { amqpScene, refusal } from '../../helpers/amqp-scene.js';

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

it.each([
  ['queue.bind', { queue: 'q', exchange: '' }, "queue 'q'"],
  ['queue.unbind', { queue: 'none', exchange: '' }, "queue 'none'"],
  ['exchange.bind', { destination: 'amq.topic', source: '' }, "exchange 'amq.topic'"],
  ['exchange.unbind', { destination: '', source: 'amq.topic' }, "exchange 'amq.default'"],
])('%s asks for the right to write before it looks at the default exchange', async (name, args, what) => {
  const { world, peer } = amqpScene();
  await world.http('PUT', '/api/permissions/%2F/guest', { configure: '.*', write: '^x', read: '.*' });
  const { replyText } = peer.call(1, name, { ...args, routingKey: '' }).args;
  expect(replyText).toBe(`ACCESS_REFUSED - access to ${what} in vhost '/' refused for user 'guest'`);
});

it('line breaks in names are left out, as RabbitMQ leaves them out, when queues are deleted and ends are bound', () => {
  const { world, peer } = amqpScene();
  peer.call(1, 'queue.declare', { queue: 'b' });
  const ends = { queue: '\rb', exchange: 'amq.\ndirect', routingKey: 'k' };
  expect(peer.call(1, 'queue.bind', ends).name).toBe('queue.bind-ok');
  expect(peer.call(1, 'exchange.bind', { destination: 'amq.\rtopic', source: 'amq.fanout\n' }).name).toBe(
    'exchange.bind-ok',
  );
  const [vhost] = world.broker.vhosts.values();
  expect([...(vhost?.queues.get('b')?.incoming ?? [])].map(({ source }) => source.name)).toEqual(['amq.direct']);
  peer.call(1, 'queue.unbind', ends);
  expect(vhost?.queues.get('b')?.incoming.size).toBe(0);
  peer.call(1, 'queue.delete', { queue: 'b\n' });
  expect(vhost?.queues.has('b')).toBe(false);
});

it('what a binding may not be is told before who owns the queue; what is not bound may be unbound by anybody', () => {
  const { world, peer } = amqpScene();
  peer.call(1, 'queue.declare', { queue: 'mine', exclusive: true });
  peer.call(1, 'queue.bind', { queue: 'mine', exchange: 'amq.direct', routingKey: 'a' });
  const ends = { queue: 'mine', exchange: 'amq.headers' };
  expect(refusal(world, 'queue.bind', { ...ends, args: { 'x-match': 'none' } })).toMatch(/^406 .*Invalid x-match/);
  expect(refusal(world, 'queue.bind', ends)).toMatch(/^405 RESOURCE_LOCKED/);
  expect(refusal(world, 'queue.unbind', { queue: 'mine', exchange: 'amq.direct', routingKey: 'a' })).toMatch(/^405 /);
  const other = world.connect();
  other.call(1, 'channel.open');
  expect(other.call(1, 'queue.unbind', ends).name).toBe('queue.unbind-ok');
});

it.each([
  ['', { 'x-queue-type': 'none' }, '541 INTERNAL_ERROR'],
  ['', { 'x-queue-type': null }, '541 INTERNAL_ERROR'],
  [
    '',
    { 'x-queue-type': 'quorum' },
    '406 PRECONDITION_FAILED - Cannot declare a server-named queue for type rabbit_quorum_queue',
  ],
  ['new', { 'x-queue-master-locator': 'none' }, '541 INTERNAL_ERROR'],
  ['new', { 'x-queue-master-locator': 1 }, '541 INTERNAL_ERROR'],
])('RabbitMQ looks for what goes by a name before it checks the name: queue %j with %j', (queue, args, refused) => {
  const { world } = amqpScene();
  expect(refusal(world, 'queue.declare', { queue, args })).toBe(refused);
  expect(world.broker.vhosts.get('/')?.queues.has('new')).toBe(false);
});

it.each([
  ['min-masters', false],
  ['client-local', false],
  ['random', false],
  ['none', true],
])('a queue may be located by %s when its being exclusive is %s', (locator, exclusive) => {
  const { peer } = amqpScene();
  const args = { 'x-queue-master-locator': locator };
  expect(peer.call(1, 'queue.declare', { queue: 'new', exclusive, args }).name).toBe('queue.declare-ok');
});
