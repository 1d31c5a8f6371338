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

it('a transaction reaches a queue that was declared again before the commit', () => {
  const { peer } = amqpScene();
  peer.call(2, 'tx.select');
  peer.publish(2, { routingKey: 'q' }, {}, 'kept');
  peer.call(1, 'queue.delete', { queue: 'q' });
  peer.call(1, 'queue.declare', { queue: 'q' });
  peer.call(2, 'tx.commit');
  expect(peer.call(1, 'basic.get', { queue: 'q' }).body).toBe('kept');
});
