import { expect, it } from 'vitest';
import { amqpScene } from '../../../helpers/amqp-scene.js';

it('get tells where a message came from and how many are left', () => {
  const { peer, publish } = amqpScene();
  expect(peer.call(1, 'basic.get', { queue: 'q' }).name).toBe('basic.get-empty');
  for (const body of ['1', '2']) publish(body, { priority: 4 });
  const got = peer.call(1, 'basic.get', { queue: 'q' });
  expect(got).toMatchObject({ name: 'basic.get-ok', body: '1', props: { priority: 4 } });
  expect(got.args).toEqual({ deliveryTag: 1, redelivered: false, exchange: '', routingKey: 'q', messageCount: 1 });
});

it('ack with multiple settles everything up to its tag, nack returns it to its place', () => {
  const { peer, publish, take } = amqpScene();
  for (const body of ['1', '2', '3', '4']) publish(body);
  for (let i = 0; i < 4; i++) peer.call(1, 'basic.get', { queue: 'q' });
  peer.send(1, 'basic.ack', { deliveryTag: 2, multiple: true });
  peer.send(1, 'basic.nack', { deliveryTag: 0, multiple: true, requeue: true });
  expect(take()).toEqual([]);
  const bodies = [1, 2].map(() => peer.call(2, 'basic.get', { queue: 'q' }));
  expect(bodies.map(({ body, args }) => [body, args.redelivered])).toEqual([
    ['3', true],
    ['4', true],
  ]);
});

it('reject drops, recover returns', () => {
  const { peer, publish } = amqpScene();
  for (const body of ['1', '2']) publish(body);
  for (let i = 0; i < 2; i++) peer.call(1, 'basic.get', { queue: 'q' });
  peer.send(1, 'basic.reject', { deliveryTag: 1, requeue: false });
  expect(peer.call(1, 'basic.recover', { requeue: true }).name).toBe('basic.recover-ok');
  expect(peer.call(2, 'basic.get', { queue: 'q', noAck: true }).body).toBe('2');
  expect(peer.call(2, 'basic.get', { queue: 'q' }).name).toBe('basic.get-empty');
});

it('qos holds deliveries back until something is settled', () => {
  const { peer, publish, consume, prefetch } = amqpScene();
  for (const body of ['1', '2', '3']) publish(body);
  expect(prefetch(1, 2)).toEqual(['basic.qos-ok']);
  expect(consume(1, 'c')).toEqual(['basic.consume-ok', 'c: 1', 'c: 2']);
  peer.send(1, 'basic.ack', { deliveryTag: 1 });
  expect(peer.takeAll()).toMatchObject([{ name: 'basic.deliver', body: '3' }]);
});

it('cancel is answered and ends deliveries; without a tag the server makes one', () => {
  const { peer, publish } = amqpScene();
  const { consumerTag } = peer.call(1, 'basic.consume', { queue: 'q' }).args;
  expect(consumerTag).toMatch(/^amq\.ctag-[\w-]{22}$/);
  expect(peer.call(1, 'basic.cancel', { consumerTag }).args.consumerTag).toBe(consumerTag);
  expect(publish('x')).toEqual([]);
  peer.send(1, 'basic.consume', { queue: 'q', consumerTag: 'c', nowait: true, noAck: true });
  expect(peer.takeAll()).toMatchObject([{ name: 'basic.deliver', args: { consumerTag: 'c' }, body: 'x' }]);
});

it('a tag that nobody has ends the channel, and only that', () => {
  const { peer } = amqpScene();
  expect(peer.call(1, 'basic.ack', { deliveryTag: 7 }).args.replyText).toBe(
    'PRECONDITION_FAILED - unknown delivery tag 7',
  );
  expect(peer.call(2, 'basic.get', { queue: 'q' }).name).toBe('basic.get-empty');
});
