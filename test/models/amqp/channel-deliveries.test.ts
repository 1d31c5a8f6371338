/** Smallest programs of the differential runner, with what a RabbitMQ 3.10.8 did. */
import { expect, it } from 'vitest';
import { amqpScene } from '../../helpers/amqp-scene.js';

it('what basic.get took comes back one by one, so that a priority does not pass what came back before', () => {
  const { peer, take, publish, consume } = amqpScene({ 'x-max-priority': 1 });
  publish('low');
  peer.call(1, 'basic.get', { queue: 'q' });
  publish('high', { priority: 1 });
  peer.call(1, 'basic.get', { queue: 'q' });
  consume(2, 'c');
  peer.send(1, 'basic.nack', { multiple: true, requeue: true });
  expect(take()).toEqual(['c: low', 'c: high']);
});

it('basic.qos without global ends the limit of the channel', () => {
  const { publish, consume, prefetch } = amqpScene();
  prefetch(1, 1, true);
  consume(1, 'c');
  publish('first');
  expect(publish('second')).toEqual([]);
  expect(prefetch(1, 5)).toEqual(['basic.qos-ok', 'c: second']);
});

it('what a transaction has settled does not count against a limit that comes later', () => {
  const { peer, publish, consume, prefetch } = amqpScene();
  peer.call(1, 'tx.select');
  consume(1, 'c');
  publish('settled');
  peer.send(1, 'basic.ack', { deliveryTag: 1 });
  prefetch(1, 1, true);
  expect(publish('next')).toEqual(['c: next']);
});

it('what comes back may go to the same channel at its limit', () => {
  const { peer, take, publish, consume, prefetch } = amqpScene();
  consume(2, 'other');
  consume(1, 'limited', { args: { 'x-priority': 1 } });
  prefetch(1, 1, true);
  publish('it');
  peer.send(1, 'basic.reject', { deliveryTag: 1, requeue: true });
  expect(take()).toEqual(['limited: it']);
});

it('what is rejected together leaves a priority queue highest first', () => {
  const args = { 'x-max-priority': 2, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'q' };
  const { peer, take, publish, consume } = amqpScene(args);
  consume(1, 'c');
  publish('low');
  publish('high', { priority: 1 });
  peer.send(1, 'basic.nack', { multiple: true });
  expect(take()).toEqual(['c: high', 'c: low']);
});

it('the limit of a channel also stops a consumer that does not ack', () => {
  const { peer, take, publish, consume, prefetch } = amqpScene();
  consume(1, 'acks', { args: { 'x-priority': 1 } });
  prefetch(1, 1, true);
  publish('first');
  consume(1, 'never', { noAck: true });
  expect(publish('second')).toEqual([]);
  peer.send(1, 'basic.ack', { deliveryTag: 1 });
  expect(take()).toEqual(['acks: second']);
});

it('what a basic.get took counts against a limit that comes later, and never leaves it', () => {
  const { peer, take, publish, consume, prefetch } = amqpScene();
  publish('got');
  peer.call(1, 'basic.get', { queue: 'q' });
  prefetch(1, 1, true);
  consume(1, 'c');
  expect(publish('waits')).toEqual([]);
  peer.send(1, 'basic.ack', { deliveryTag: 1 });
  expect(take()).toEqual([]);
});

it('a consumer that may have more again joins the others before what it gave back is delivered', () => {
  const { peer, take, publish, consume, prefetch } = amqpScene();
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
  const { peer, publish, consume, take } = amqpScene();
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

it('what a transaction has settled does not come back by basic.recover, but after a rollback it does', () => {
  const { peer, publish } = amqpScene();
  const get = () => peer.call(1, 'basic.get', { queue: 'q' });
  publish('once');
  peer.call(1, 'tx.select');
  get();
  peer.send(1, 'basic.ack', { deliveryTag: 1 });
  expect(peer.call(1, 'basic.recover', { requeue: true }).name).toBe('basic.recover-ok');
  expect(get().name).toBe('basic.get-empty');
  peer.call(1, 'tx.rollback');
  peer.call(1, 'basic.recover', { requeue: true });
  expect(get()).toMatchObject({ name: 'basic.get-ok', body: 'once' });
});

it('the limit of a channel serves its queues in turn', () => {
  const { peer, take, prefetch } = amqpScene();
  prefetch(1, 1, true);
  const queues = ['first', 'second', 'third'];
  for (const queue of queues) {
    peer.send(1, 'queue.declare', { queue });
    for (let each = 0; each < 3; each++) peer.publish(3, { routingKey: queue }, {}, `${each}`);
    peer.send(1, 'basic.consume', { queue, consumerTag: queue });
  }
  const delivered = take().filter((item) => !String(item).endsWith('-ok'));
  for (let tag = 1; tag < 6; tag++) {
    peer.send(1, 'basic.ack', { deliveryTag: tag });
    delivered.push(...take());
  }
  expect(delivered).toEqual(['first: 0', 'first: 1', 'second: 0', 'third: 0', 'first: 2', 'second: 1']);
});
