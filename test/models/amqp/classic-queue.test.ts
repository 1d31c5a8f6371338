import { expect, test } from 'vitest';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';
import { amqpScene } from '../../helpers/amqp-scene.js';

/** A queue of length one, whose message was taken while another one filled its place; then the first comes back. */
function bodiesAfterRequeue(overflow: string): string[] {
  const amqp = new AmqpBroker(modelContext());
  amqp.assertQueue('q', { maxLength: 1, arguments: { 'x-overflow': overflow } });
  amqp.publish('', 'q', 'first');
  const taken = amqp.get('q');
  amqp.publish('', 'q', 'second');
  taken?.nack(true);
  return amqp
    .queue('q')
    .messages()
    .map((message) => message.text());
}

test('a requeue above the limit drops the head', () => {
  expect(bodiesAfterRequeue('drop-head')).toEqual(['second']);
});

test.each(['reject-publish', 'reject-publish-dlx'])('a queue with %s keeps what comes back', (overflow) => {
  expect(bodiesAfterRequeue(overflow)).toEqual(['first', 'second']);
});

test('what comes back above the length limit is dropped before a consumer gets it', () => {
  const { peer, take, publish, consume } = amqpScene({ 'x-max-length-bytes': 5 });
  consume(1, 'c');
  publish('four');
  publish('five5');
  peer.send(1, 'basic.nack', { deliveryTag: 0, multiple: true, requeue: true });
  expect(take()).toEqual(['c: five5']);
});

test('what comes to the head when another message is dropped for the limit expires', () => {
  const { peer, publish } = amqpScene({ 'x-max-length': 2 });
  publish('dropped');
  publish('expired', { expiration: '0' });
  publish('stays');
  expect(peer.call(1, 'basic.get', { queue: 'q' })).toMatchObject({ body: 'stays', args: { messageCount: 0 } });
});

test('what a fan-out put into several queues is settled in each on its own', () => {
  const amqp = new AmqpBroker(modelContext());
  amqp.assertExchange('all', 'fanout');
  const seen: string[] = [];
  const queues = ['kept', 'taken', 'acked', 'kept too'];
  for (const queue of queues) {
    amqp.assertQueue(queue);
    amqp.bind(queue, 'all', '');
  }
  const note = (queue: string, { redelivered }: { redelivered: boolean }) => seen.push(`${queue} ${redelivered}`);
  amqp.consume('taken', (delivery) => note('taken', delivery), { noAck: true });
  amqp.consume('acked', (delivery) => {
    note('acked', delivery);
    if (delivery.redelivered) delivery.ack();
    else delivery.nack();
  });
  amqp.publish('all', '', 'it');
  expect(seen).toEqual(['taken false', 'acked false', 'acked true']);
  expect(queues.map((queue) => amqp.queue(queue).messages().length)).toEqual([1, 0, 0, 1]);
  amqp.get('kept')?.nack();
  expect([amqp.get('kept')?.redelivered, amqp.get('kept too')?.redelivered]).toEqual([true, false]);
});

test.each(['consume', 'get'])(
  'a message of higher priority behind which others wait is delivered by %s whatever its age',
  (how) => {
    const { world, peer, publish, consume, take } = amqpScene({ 'x-max-priority': 1 });
    publish('low');
    publish('high', { priority: 1, expiration: '10' });
    world.advance(50);
    take();
    const bodies = () => [1, 2].map(() => peer.call(2, 'basic.get', { queue: 'q' }).body);
    if (how === 'get') expect(bodies()).toEqual(['high', 'low']);
    else expect(consume(2, 'c', { noAck: true })).toEqual(['basic.consume-ok', 'c: high', 'c: low']);
  },
);

test.each([
  ['classic', [5, 3, 2, 1, 1]],
  ['quorum', [5, 5, 2, 2, 1]],
])('a %s queue hears of the limits of a policy and of how it overflows in its own order', async (type, lengths) => {
  const { world, peer } = amqpScene({}, 'other');
  peer.call(1, 'queue.declare', { queue: 'q', durable: true, args: { 'x-queue-type': type } });
  for (let i = 0; i < 5; i++) peer.publish(1, { routingKey: 'q' }, {}, 'x');
  const count = () => peer.call(1, 'queue.declare', { queue: 'q', passive: true }).args.messageCount;
  const found = [count()];
  for (const definition of [
    { 'max-length': 3, overflow: 'reject-publish' },
    { 'max-length': 2 },
    { 'max-length': 1, overflow: 'reject-publish' },
    { 'max-length': 1, overflow: 'drop-head' },
  ]) {
    await world.http('PUT', '/api/policies/%2F/p', { pattern: '^q$', definition, 'apply-to': 'queues' });
    found.push(count());
  }
  expect(found).toEqual(lengths);
});
