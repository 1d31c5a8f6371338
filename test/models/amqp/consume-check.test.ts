import { expect, it } from 'vitest';
import { amqpScene, refusal } from '../../helpers/amqp-scene.js';

const WHERE = "queue 'q' in vhost '/'";

/** Queues of these types are durable. */
function durableScene(args: Record<string, unknown>) {
  const scene = amqpScene();
  scene.peer.call(1, 'queue.delete', { queue: 'q' });
  scene.peer.call(1, 'queue.declare', { queue: 'q', durable: true, args });
  return scene;
}

it('one exclusive consumer has its queue alone', () => {
  const { world, consume } = amqpScene();
  consume(1, 'alone', { exclusive: true });
  expect(refusal(world, 'basic.consume', { queue: 'q' })).toBe(`403 ACCESS_REFUSED - ${WHERE} in exclusive use`);
});

it('nobody is exclusive beside others, or where one consumer is active at a time', () => {
  const first = amqpScene();
  first.consume(1, 'other');
  const single = amqpScene({ 'x-single-active-consumer': true });
  for (const { world } of [first, single]) {
    expect(refusal(world, 'basic.consume', { queue: 'q', exclusive: true })).toContain('in exclusive use');
  }
});

it('to a quorum queue nobody is exclusive', () => {
  const { consume } = durableScene({ 'x-queue-type': 'quorum', 'x-single-active-consumer': true });
  consume(1, 'alone', { exclusive: true });
  expect(consume(1, 'second', { exclusive: true })).toEqual(['basic.consume-ok']);
  expect(consume(2, 'third')).toEqual(['basic.consume-ok']);
});

it('a stream wants a prefetch and acks', () => {
  const { world, peer, prefetch } = durableScene({ 'x-queue-type': 'stream' });
  expect(refusal(world, 'basic.consume', { queue: 'q' })).toBe(
    `406 PRECONDITION_FAILED - consumer prefetch count is not set for '${WHERE}'`,
  );
  prefetch(1, 10);
  const { args } = peer.call(1, 'basic.consume', { queue: 'q', noAck: true });
  expect(args.replyText).toBe(`NOT_IMPLEMENTED - automatic acknowledgement not supported by stream queues ${WHERE}`);
});

it('only a classic queue knows a prefetch of the whole channel', () => {
  const { peer, prefetch } = durableScene({ 'x-queue-type': 'quorum' });
  prefetch(1, 10, true);
  const { args } = peer.call(1, 'basic.consume', { queue: 'q' });
  expect(args.replyText).toBe(`NOT_IMPLEMENTED - ${WHERE} does not support global qos`);
});

it('nothing is got from a stream, nor from a quorum queue with a single active consumer', () => {
  const stream = durableScene({ 'x-queue-type': 'stream' });
  expect(refusal(stream.world, 'basic.get', { queue: 'q' })).toBe(
    `540 NOT_IMPLEMENTED - basic.get not supported by stream queues ${WHERE}`,
  );
  const quorum = durableScene({ 'x-queue-type': 'quorum', 'x-single-active-consumer': true });
  expect(refusal(quorum.world, 'basic.get', { queue: 'q' })).toMatch(/^405 RESOURCE_LOCKED/);
});

it('a stream takes nothing back and counts no consumers', () => {
  const { peer, prefetch, publish } = durableScene({ 'x-queue-type': 'stream' });
  prefetch(1, 10);
  peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'c' });
  expect(peer.call(2, 'queue.declare', { queue: 'q', passive: true }).args.consumerCount).toBe(0);
  publish('x');
  peer.send(1, 'basic.nack', { deliveryTag: 1, requeue: true });
  const text = `540 NOT_IMPLEMENTED - basic.nack and basic.reject not supported by stream queues ${WHERE}`;
  const closings = peer
    .takeAll()
    .map((item) => (item.kind === 'method' ? `${item.args.replyCode} ${item.args.replyText}` : ''));
  expect(closings).toContain(text);
});
