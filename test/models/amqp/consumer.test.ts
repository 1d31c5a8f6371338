/** Smallest programs of the differential runner, with what a RabbitMQ 3.10.8 did. */
import { expect, it } from 'vitest';
import { amqpScene } from '../../helpers/amqp-scene.js';

it('the consumer with the highest priority follows a single active one', () => {
  const { peer, publish, consume } = amqpScene({ 'x-single-active-consumer': true });
  consume(1, 'first');
  consume(2, 'second');
  consume(2, 'third', { args: { 'x-priority': 1 } });
  peer.call(1, 'channel.close');
  expect(publish('it')).toEqual(['third: it']);
});
