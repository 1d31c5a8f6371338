import { expect, it } from 'vitest';
import { amqpScene, refusal } from '../../../helpers/amqp-scene.js';

it('declare tells the name and the counts', () => {
  const { peer, publish, consume } = amqpScene();
  publish('x');
  expect(peer.call(1, 'queue.declare', { queue: 'q' }).args).toEqual({ queue: 'q', messageCount: 1, consumerCount: 0 });
  consume(2, 'c');
  const { args } = peer.call(1, 'queue.declare', { queue: 'q', passive: true });
  expect(args).toEqual({ queue: 'q', messageCount: 0, consumerCount: 1 });
  expect(peer.call(1, 'queue.declare', { exclusive: true }).args.queue).toMatch(/^amq\.gen-[\w-]{22}$/);
});

it('purge and delete tell how many messages were ready', () => {
  const { peer, publish } = amqpScene();
  for (const body of ['1', '2']) publish(body);
  expect(peer.call(1, 'queue.purge', { queue: 'q' }).args.messageCount).toBe(2);
  publish('3');
  expect(peer.call(1, 'queue.delete', { queue: 'q' }).args.messageCount).toBe(1);
  expect(peer.call(1, 'queue.delete', { queue: 'q' }).args.messageCount).toBe(0);
});

it('nowait is answered by nothing', () => {
  const { peer, take } = amqpScene();
  const more = { queue: 'n', nowait: true };
  peer.send(1, 'queue.declare', more);
  peer.send(1, 'queue.bind', { ...more, exchange: 'amq.fanout' });
  peer.send(1, 'queue.purge', more);
  peer.send(1, 'queue.delete', more);
  expect(take()).toEqual([]);
});

it.each<[string, Record<string, unknown>, string]>([
  ['queue.declare', { queue: 'none', passive: true }, "404 NOT_FOUND - no queue 'none' in vhost '/'"],
  ['queue.bind', { queue: 'q', exchange: 'none' }, "404 NOT_FOUND - no exchange 'none' in vhost '/'"],
  ['queue.purge', { queue: 'none' }, "404 NOT_FOUND - no queue 'none' in vhost '/'"],
  ['queue.declare', { queue: 'amq.q' }, "403 ACCESS_REFUSED - queue name 'amq.q' contains reserved prefix 'amq.*'"],
  [
    'queue.declare',
    { queue: 'q', durable: true },
    "406 PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/': received 'true' but current is 'false'",
  ],
])('%s %j: %s', (name, args, text) => {
  expect(refusal(amqpScene().world, name, args)).toBe(text);
});

it('what is in use or not empty stays when asked to', () => {
  const { world, publish, consume } = amqpScene();
  publish('x');
  expect(refusal(world, 'queue.delete', { queue: 'q', ifEmpty: true })).toMatch(/^406 .* not empty$/);
  consume(1, 'c');
  expect(refusal(world, 'queue.delete', { queue: 'q', ifUnused: true })).toMatch(/^406 .* in use$/);
});
