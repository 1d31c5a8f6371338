/** Smallest programs of the differential runner, with what a RabbitMQ 3.10.8 did. */
import { expect, it } from 'vitest';
import { AmqpWorld } from '../../helpers/amqp-wire.js';

/** A broker with a client on it; `take` gives what came since, in short. */
function setUp(args: Record<string, unknown> = {}, queue = 'q') {
  const world = new AmqpWorld();
  const peer = world.connect();
  for (const channel of [1, 2, 3]) peer.call(channel, 'channel.open');
  peer.call(1, 'queue.declare', { queue, args });
  const take = () =>
    peer.takeAll().map((item) => {
      if (item.kind !== 'method') return item.kind;
      if (item.name === 'basic.deliver') return `${item.args.consumerTag}: ${item.body}`;
      return item.name === 'channel.close' ? item.args.replyText : item.name;
    });
  const publish = (body: string, props = {}, channel = 3) => {
    peer.publish(channel, { routingKey: queue }, props, body);
    return take();
  };
  const consume = (channel: number, consumerTag: string, more = {}) => {
    peer.send(channel, 'basic.consume', { queue, consumerTag, ...more });
    return take();
  };
  const prefetch = (channel: number, prefetchCount: number, global = false) => {
    peer.send(channel, 'basic.qos', { prefetchCount, global });
    return take();
  };
  return { world, peer, take, publish, consume, prefetch };
}

it('what comes back above the length limit is dropped before a consumer gets it', () => {
  const { peer, take, publish, consume } = setUp({ 'x-max-length-bytes': 5 });
  consume(1, 'c');
  publish('four');
  publish('five5');
  peer.send(1, 'basic.nack', { deliveryTag: 0, multiple: true, requeue: true });
  expect(take()).toEqual(['c: five5']);
});

it('a transaction is routed when it publishes, not when it commits', () => {
  const { peer, take } = setUp();
  peer.call(1, 'exchange.declare', { exchange: 'x', type: 'fanout' });
  peer.call(2, 'tx.select');
  peer.publish(2, { exchange: 'x', routingKey: '' }, {}, 'early');
  peer.call(1, 'queue.bind', { queue: 'q', exchange: 'x' });
  peer.send(2, 'tx.commit');
  expect(take()).toEqual(['tx.commit-ok']);
  expect(peer.call(1, 'basic.get', { queue: 'q' }).name).toBe('basic.get-empty');
});

it('a commit that a queue refuses a part of closes the channel, and the rest is done', () => {
  const { peer, take } = setUp({ 'x-max-length': 1, 'x-overflow': 'reject-publish' });
  peer.call(2, 'tx.select');
  peer.publish(2, { routingKey: 'q' }, {}, 'first');
  peer.publish(2, { routingKey: 'q' }, {}, 'second');
  peer.send(2, 'tx.commit');
  expect(take()).toEqual(['PRECONDITION_FAILED - partial tx completion']);
  expect(peer.call(1, 'basic.get', { queue: 'q' }).body).toBe('first');
});

it('basic.qos without global ends the limit of the channel', () => {
  const { publish, consume, prefetch } = setUp();
  prefetch(1, 1, true);
  consume(1, 'c');
  publish('first');
  expect(publish('second')).toEqual([]);
  expect(prefetch(1, 5)).toEqual(['basic.qos-ok', 'c: second']);
});

it('the limit of a channel also stops a consumer that does not ack', () => {
  const { peer, take, publish, consume, prefetch } = setUp();
  consume(1, 'acks', { args: { 'x-priority': 1 } });
  prefetch(1, 1, true);
  publish('first');
  consume(1, 'never', { noAck: true });
  expect(publish('second')).toEqual([]);
  peer.send(1, 'basic.ack', { deliveryTag: 1 });
  expect(take()).toEqual(['acks: second']);
});

it('what a basic.get took counts against a limit that comes later, and never leaves it', () => {
  const { peer, take, publish, consume, prefetch } = setUp();
  publish('got');
  peer.call(1, 'basic.get', { queue: 'q' });
  prefetch(1, 1, true);
  consume(1, 'c');
  expect(publish('waits')).toEqual([]);
  peer.send(1, 'basic.ack', { deliveryTag: 1 });
  expect(take()).toEqual([]);
});

it('a consumer that may have more again joins the others before what it gave back is delivered', () => {
  const { peer, take, publish, consume, prefetch } = setUp();
  prefetch(1, 2);
  consume(1, 'limited');
  publish('first');
  publish('second');
  consume(2, 'free');
  publish('third');
  peer.send(1, 'basic.reject', { deliveryTag: 1, requeue: true });
  expect(take()).toEqual(['free: first']);
  peer.send(1, 'basic.reject', { deliveryTag: 2, requeue: true });
  expect(take()).toEqual(['limited: second']);
});

it('a channel that ends gives back what all its consumers had, in order', () => {
  const { peer, publish, consume, take } = setUp();
  consume(1, 'a');
  consume(1, 'b');
  for (const body of ['first', 'second', 'third', 'fourth']) publish(body);
  consume(2, 'c');
  peer.send(1, 'channel.close');
  expect(take().filter((item) => item !== 'channel.close-ok')).toEqual([
    'c: first',
    'c: second',
    'c: third',
    'c: fourth',
  ]);
});

it('the consumer with the highest priority follows a single active one', () => {
  const { peer, publish, consume } = setUp({ 'x-single-active-consumer': true });
  consume(1, 'first');
  consume(2, 'second');
  consume(2, 'third', { args: { 'x-priority': 1 } });
  peer.call(1, 'channel.close');
  expect(publish('it')).toEqual(['third: it']);
});
