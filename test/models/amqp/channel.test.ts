/** Smallest programs of the differential runner, with what a RabbitMQ 3.10.8 did. */
import { expect, it } from 'vitest';
import { amqpScene } from '../../helpers/amqp-scene.js';

it('a transaction is routed when it publishes, not when it commits', () => {
  const { peer, take } = amqpScene();
  peer.call(1, 'exchange.declare', { exchange: 'x', type: 'fanout' });
  peer.call(2, 'tx.select');
  peer.publish(2, { exchange: 'x', routingKey: '' }, {}, 'early');
  peer.call(1, 'queue.bind', { queue: 'q', exchange: 'x' });
  peer.send(2, 'tx.commit');
  expect(take()).toEqual(['tx.commit-ok']);
  expect(peer.call(1, 'basic.get', { queue: 'q' }).name).toBe('basic.get-empty');
});

it('a commit that a queue refuses a part of closes the channel, and the rest is done', () => {
  const { peer, take } = amqpScene({ 'x-max-length': 1, 'x-overflow': 'reject-publish' });
  peer.call(2, 'tx.select');
  peer.publish(2, { routingKey: 'q' }, {}, 'first');
  peer.publish(2, { routingKey: 'q' }, {}, 'second');
  peer.send(2, 'tx.commit');
  expect(take()).toEqual(['PRECONDITION_FAILED - partial tx completion']);
  expect(peer.call(1, 'basic.get', { queue: 'q' }).body).toBe('first');
});

it('what died of such a commit is delivered before the channel closes', () => {
  const limits = { 'x-max-length': 1, 'x-overflow': 'reject-publish-dlx' };
  const { peer, take } = amqpScene({ ...limits, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
  peer.call(1, 'queue.declare', { queue: 'dead' });
  peer.call(1, 'queue.declare', { queue: 'free' });
  peer.call(2, 'tx.select');
  for (const queue of ['dead', 'free']) peer.call(2, 'basic.consume', { queue, consumerTag: queue, noAck: true });
  for (const [routingKey, body] of [
    ['q', '1'],
    ['q', '2'],
    ['free', '3'],
    ['q', '4'],
    ['free', '5'],
  ] as const) {
    peer.publish(2, { routingKey }, {}, body);
  }
  peer.send(2, 'tx.commit');
  const closed = 'PRECONDITION_FAILED - partial tx completion';
  expect(take()).toEqual(['free: 3', 'free: 5', 'dead: 2', 'dead: 4', closed]);
});

it('a transaction reaches a queue that was declared again before the commit', () => {
  const { peer } = amqpScene();
  peer.call(2, 'tx.select');
  peer.publish(2, { routingKey: 'q' }, {}, 'kept');
  peer.call(1, 'queue.delete', { queue: 'q' });
  peer.call(1, 'queue.declare', { queue: 'q' });
  peer.call(2, 'tx.commit');
  expect(peer.call(1, 'basic.get', { queue: 'q' }).body).toBe('kept');
});

it('a delivery of a deleted queue settles the delivery of its number of the queue that has its name now', () => {
  const { peer, take, publish, consume } = amqpScene();
  publish('old');
  consume(1, 'before');
  peer.call(3, 'queue.delete', { queue: 'q' });
  peer.call(3, 'queue.declare', { queue: 'q' });
  for (const body of ['first', 'second', 'third']) publish(body);
  consume(1, 'after');
  peer.send(1, 'basic.reject', { deliveryTag: 1, requeue: true });
  expect(take()).toEqual(['after: first']);
  // It is out twice, and the first to settle it does.
  peer.send(1, 'basic.ack', { deliveryTag: 2 });
  peer.call(1, 'channel.close');
  const bodies = [1, 2, 3].map(() => peer.call(3, 'basic.get', { queue: 'q', noAck: true }).body);
  expect(bodies).toEqual(['second', 'third', undefined]);
});

it('it does so when another channel has that delivery, but only when its own channel has something of the queue', () => {
  const settles = (own: boolean) => {
    const { peer, publish } = amqpScene();
    const get = (channel: number) => peer.call(channel, 'basic.get', { queue: 'q' }).body;
    publish('old');
    get(1);
    peer.call(3, 'queue.delete', { queue: 'q' });
    peer.call(3, 'queue.declare', { queue: 'q' });
    // What is delivered at once and not to be acked has no number.
    peer.call(3, 'basic.consume', { queue: 'q', consumerTag: 'all', noAck: true });
    publish('passes');
    peer.call(3, 'basic.cancel', { consumerTag: 'all' });
    peer.takeAll();
    for (const body of ['first', 'second', 'third']) publish(body);
    get(2);
    if (own) get(1);
    peer.send(1, 'basic.reject', { deliveryTag: 1, requeue: true });
    const next = get(3);
    peer.call(2, 'channel.close');
    return [next, get(3)];
  };
  expect(settles(true)).toEqual(['first', 'first']);
  expect(settles(false)).toEqual(['second', 'first']);
});

it('each priority has numbers of its own', () => {
  const { peer, publish } = amqpScene({ 'x-max-priority': 3 });
  publish('old', { priority: 1 });
  peer.call(1, 'basic.get', { queue: 'q' });
  peer.call(3, 'queue.delete', { queue: 'q' });
  peer.call(3, 'queue.declare', { queue: 'q', args: { 'x-max-priority': 3 } });
  for (const [body, priority] of [
    ['low', 0],
    ['middle', 1],
    ['high', 2],
  ] as const)
    publish(body, { priority });
  const get = () => peer.call(1, 'basic.get', { queue: 'q' }).body;
  expect([get(), get()]).toEqual(['high', 'middle']);
  peer.send(1, 'basic.ack', { deliveryTag: 1 });
  peer.call(1, 'channel.close');
  const left = [1, 2, 3].map(() => peer.call(3, 'basic.get', { queue: 'q', noAck: true }).body);
  expect(left).toEqual(['high', 'low', undefined]);
});

it('one that is settled together with its namesake settles it before that does, and so twice', () => {
  const { peer, take, publish, consume } = amqpScene();
  publish('old');
  consume(1, 'a');
  peer.call(3, 'queue.delete', { queue: 'q' });
  peer.call(3, 'queue.declare', { queue: 'q' });
  publish('new');
  consume(1, 'b');
  peer.send(1, 'basic.nack', { deliveryTag: 0, multiple: true, requeue: true });
  expect(take()).toEqual(['b: new', 'b: new']);
});

it('what a commit rejects makes room under the limit of its channel for what the commit publishes', () => {
  const { peer, take, publish, consume, prefetch } = amqpScene({ 'x-max-length': 0 });
  peer.call(2, 'tx.select');
  consume(2, 'c');
  for (const body of ['1', '2', '3']) publish(body);
  peer.send(2, 'basic.nack', { deliveryTag: 0, multiple: true, requeue: false });
  peer.publish(2, { routingKey: 'q' }, {}, '7');
  peer.publish(2, { routingKey: 'q' }, {}, '8');
  for (const body of ['4', '5', '6']) publish(body);
  prefetch(2, 3, true);
  peer.send(2, 'tx.commit');
  expect(take()).toEqual(['tx.commit-ok', 'c: 7', 'c: 8']);
});

it('what a commit acks lets consumers under the limit of their channel go on behind what it publishes', () => {
  const { peer, take, publish, consume, prefetch } = amqpScene({ 'x-max-length': 1 });
  peer.call(2, 'tx.select');
  consume(2, 'c');
  for (const body of ['1', '2']) publish(body);
  prefetch(2, 2, true);
  for (const body of ['3', '4']) publish(body);
  peer.send(2, 'basic.ack', { deliveryTag: 1 });
  for (const body of ['5', '6']) peer.publish(2, { routingKey: 'q' }, {}, body);
  peer.send(2, 'tx.commit');
  expect(take()).toEqual(['tx.commit-ok', 'c: 6']);
});

it('the last queue that was declared is looked for before a tag is, and may be the one of direct replies', () => {
  const { world, consume, peer, take } = amqpScene();
  expect(consume(1, 'a')).toEqual(['basic.consume-ok']);
  peer.call(2, 'queue.declare', { queue: 'amq.rabbitmq.reply-to', passive: true });
  expect(consume(2, 'a', { queue: '', noAck: true })).toEqual(['basic.consume-ok']);
  expect(consume(3, 'a', { queue: '' })).toEqual(['NOT_FOUND - no previously declared queue']);
  expect(consume(2, 'b', { queue: '' })).toEqual(['PRECONDITION_FAILED - reply consumer cannot acknowledge']);
  expect([take(), world.errors]).toEqual([[], []]);
});

it('a consumer of direct replies may have the tag of another, and is cancelled before it', () => {
  const { consume, peer, take } = amqpScene();
  const replies = { queue: 'amq.rabbitmq.reply-to', noAck: true };
  expect([...consume(1, 'a', replies), ...consume(1, 'a')]).toEqual(['basic.consume-ok', 'basic.consume-ok']);
  for (const left of [1, 0]) {
    peer.call(1, 'basic.cancel', { consumerTag: 'a' });
    expect(peer.call(1, 'queue.declare', { queue: 'q', passive: true }).args.consumerCount).toBe(left);
  }
  expect(take()).toEqual([]);
});

it('what a commit acks of a queue that has gone it acks in its namesake, before it returns anything there', () => {
  const { peer, take, publish, consume } = amqpScene();
  peer.call(2, 'tx.select');
  for (const body of ['1', '2', '3']) publish(body);
  consume(2, 'a');
  peer.call(1, 'queue.delete', { queue: 'q' });
  peer.call(1, 'queue.declare', { queue: 'q' });
  consume(2, 'b');
  peer.send(2, 'basic.ack', { deliveryTag: 0, multiple: true });
  for (const body of ['4', '5']) publish(body);
  take();
  peer.send(2, 'basic.nack', { deliveryTag: 5, multiple: true, requeue: true });
  peer.send(2, 'tx.commit');
  expect(take()).toEqual(['tx.commit-ok']);
  expect(peer.call(1, 'queue.declare', { queue: 'q', passive: true }).args.messageCount).toBe(0);
});
