import { expect, it } from 'vitest';
import { AmqpBroker } from '../../../src/models/amqp/index.js';
import { modelContext } from '../../helpers/amqp-recording.js';
import { AmqpWorld } from '../../helpers/amqp-wire.js';

function quorumScene(version: '3' | '4', args: Record<string, unknown> = {}) {
  const world = new AmqpWorld({ version });
  const peer = world.connect();
  for (const channel of [1, 2]) peer.call(channel, 'channel.open');
  peer.call(1, 'queue.declare', { queue: 'dead' });
  const all = { 'x-queue-type': 'quorum', 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead', ...args };
  peer.call(1, 'queue.declare', { queue: 'q', durable: true, args: all });
  const publish = (body: string) => peer.publish(2, { routingKey: 'q' }, {}, body);
  const get = () => peer.call(1, 'basic.get', { queue: 'q' });
  const requeue = ({ args: { deliveryTag } }: { args: Record<string, unknown> }) =>
    peer.send(1, 'basic.nack', { deliveryTag, requeue: true });
  const rule = (definition: Record<string, unknown> | undefined) =>
    world.http(definition ? 'PUT' : 'DELETE', '/api/policies/%2F/p', definition && { pattern: '^q$', definition });
  return { world, peer, publish, get, requeue, rule };
}

it.each([
  ['3', { 'x-delivery-limit': 2 }, 2],
  ['4', { 'x-delivery-limit': 2 }, 2],
  ['4', {}, 20],
] as const)('version %s with %j: a message comes back so often, then dies', (version, args, limit) => {
  const { peer, publish, get, requeue } = quorumScene(version, args);
  publish('x');
  for (let i = 0; i <= limit; i++) requeue(get());
  expect(get().name).toBe('basic.get-empty');
  const dead = peer.call(1, 'basic.get', { queue: 'dead' });
  expect(dead.props?.headers['x-death']).toMatchObject([{ reason: 'delivery_limit', queue: 'q' }]);
});

it('without a limit version 3 counts, and puts what comes back at the end', () => {
  const { publish, get, requeue } = quorumScene('3');
  publish('1');
  publish('2');
  requeue(get());
  expect([get().body, get().body]).toEqual(['2', '1']);
});

it.each([{}, { 'x-delivery-limit': 9 }])('with %j what a closed channel had goes first, by consumer', (args) => {
  const { peer, publish, get } = quorumScene('3', args);
  peer.call(1, 'basic.qos', { prefetchCount: 2 });
  for (const consumerTag of ['late', 'early']) peer.call(1, 'basic.consume', { queue: 'q', consumerTag });
  for (const body of ['1', '2', '3', '4', '5']) publish(body);
  peer.takeAll();
  peer.call(1, 'channel.close');
  peer.call(1, 'channel.open');
  expect([1, 2, 3, 4, 5].map(() => get().body)).toEqual(['2', '4', '1', '3', '5']);
});

it('what is sent back goes first where there is a limit, in the order in which it came', () => {
  const { publish, get, requeue } = quorumScene('3', { 'x-delivery-limit': 9 });
  for (const body of ['1', '2', '3']) publish(body);
  const [first, second] = [get(), get()];
  requeue(second);
  requeue(first);
  expect([get().body, get().body, get().body]).toEqual(['2', '1', '3']);
});

it('of what is dropped at once the last is dead-lettered first', () => {
  const { peer, publish } = quorumScene('3', { 'x-max-length-bytes': 4 });
  for (const body of ['1', '22', 'long']) publish(body);
  expect([1, 2, 3].map(() => peer.call(1, 'basic.get', { queue: 'dead' }).body)).toEqual(['22', '1', undefined]);
});

it.each([
  [1, [1, 2, 2], [1, 1]],
  [5, [1, 2, 3, 4, 5, 6, 6], [5, 5]],
  [10, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11], [10, 9, 9]],
])('that holds one more than %i refuses publishes until it has a fifth less than that', (limit, filling, emptying) => {
  const { peer, publish } = quorumScene('3', { 'x-max-length': limit, 'x-overflow': 'reject-publish' });
  const count = () => peer.call(1, 'queue.declare', { queue: 'q', passive: true }).args.messageCount;
  const published = () => {
    publish('x');
    return count();
  };
  expect(filling.map(published)).toEqual(filling);
  const takeOne = () => {
    peer.call(1, 'basic.get', { queue: 'q', noAck: true });
    return published();
  };
  expect(emptying.map(takeOne)).toEqual(emptying);
});

it('refuses only whom it has told to stop: who comes when it has its limit publishes one above it', () => {
  const { peer, publish } = quorumScene('3', { 'x-max-length': 2, 'x-overflow': 'reject-publish' });
  for (const body of ['1', '2', '3']) publish(body);
  expect(peer.call(1, 'basic.get', { queue: 'q', noAck: true }).body).toBe('1');
  publish('refused');
  for (const body of ['4', 'refused']) peer.publish(1, { routingKey: 'q' }, {}, body);
  const bodies = [1, 2, 3, 4].map(() => peer.call(1, 'basic.get', { queue: 'q' }).body);
  expect(bodies).toEqual(['2', '3', '4', undefined]);
});

it('that refuses publishes takes in what died elsewhere', () => {
  const { peer, publish } = quorumScene('3', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
  const args = { 'x-max-length': 0, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'q' };
  peer.call(1, 'queue.declare', { queue: 'source', args });
  for (const body of ['1', '2', '3']) publish(body);
  for (const body of ['4', '5']) peer.publish(2, { routingKey: 'source' }, {}, body);
  const bodies = [1, 2, 3, 4, 5].map(() => peer.call(1, 'basic.get', { queue: 'q' }).body);
  expect(bodies).toEqual(['1', '2', '4', '5', undefined]);
});

it('tells how often a message was delivered before', () => {
  const { publish, get, requeue } = quorumScene('3', { 'x-delivery-limit': 5 });
  publish('x');
  for (const times of [0, 1, 2]) {
    const got = get();
    expect(got.props?.headers['x-delivery-count']).toMatchObject({ v: times });
    requeue(got);
  }
});

it.each(['3', '4'] as const)('version %s tells a consumer only what came back before', (version) => {
  const { peer, publish } = quorumScene(version, { 'x-delivery-limit': 5 });
  peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'c' });
  const headers = () => peer.takeAll().flatMap((item) => (item.kind === 'method' ? [item.props?.headers] : []));
  publish('x');
  expect(headers()).toEqual([undefined]);
  peer.send(1, 'basic.nack', { deliveryTag: 1, requeue: true });
  expect(headers()).toMatchObject([{ 'x-delivery-count': { v: 1 } }]);
});

it('keeps everything through a restart, persistent or not', () => {
  const amqp = new AmqpBroker(modelContext());
  amqp.assertQueue('q', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  amqp.publish('', 'q', 'x');
  amqp.restart();
  expect(amqp.get('q')?.text()).toBe('x');
});

it('counts who still has messages as a consumer, and of single active ones just that', () => {
  const { peer, publish, get } = quorumScene('3');
  const counts = () => {
    peer.takeAll();
    return peer.call(2, 'queue.declare', { queue: 'q', passive: true }).args.consumerCount;
  };
  for (const body of ['1', '2', '3']) publish(body);
  peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'c' });
  expect(counts()).toBe(1);
  peer.call(1, 'basic.cancel', { consumerTag: 'c' });
  for (const body of ['4', '5']) publish(body);
  const got = [get(), get()];
  expect(counts()).toBe(3);
  peer.send(1, 'basic.ack', { deliveryTag: got[0]?.args.deliveryTag });
  expect(counts()).toBe(2);
  peer.send(1, 'basic.ack', { deliveryTag: 0, multiple: true });
  expect(counts()).toBe(0);
});

it('counts one of single active consumers', () => {
  const { peer } = quorumScene('3', { 'x-single-active-consumer': true });
  for (const consumerTag of ['a', 'b']) peer.call(1, 'basic.consume', { queue: 'q', consumerTag });
  expect(peer.call(2, 'queue.declare', { queue: 'q', passive: true }).args.consumerCount).toBe(1);
});

it('a consumer that is full comes last when it may have more', () => {
  const { peer, publish } = quorumScene('3');
  const takers = () => peer.takeAll().flatMap((item) => (item.kind === 'method' ? [item.args.consumerTag] : []));
  peer.call(1, 'basic.qos', { prefetchCount: 1 });
  peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'one' });
  peer.call(1, 'basic.qos', { prefetchCount: 0 });
  publish('1');
  peer.takeAll();
  peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'many' });
  peer.send(1, 'basic.ack', { deliveryTag: 1 });
  publish('2');
  publish('3');
  expect(takers()).toEqual(['many', 'one']);
});

it.each([
  ['3', 'first'],
  ['4', 'highest'],
] as const)('of those that wait, version %s makes the %s one active', (version, expected) => {
  const { peer, publish } = quorumScene(version, { 'x-single-active-consumer': true });
  for (const [consumerTag, priority] of [
    ['active', 0],
    ['first', 1],
    ['highest', 2],
  ] as const) {
    peer.call(1, 'basic.consume', { queue: 'q', consumerTag, args: { 'x-priority': priority } });
  }
  peer.call(1, 'basic.cancel', { consumerTag: 'active' });
  publish('x');
  expect(peer.takeAll()).toMatchObject([{ name: 'basic.deliver', args: { consumerTag: expected } }]);
});

it.each([
  [{ 'x-delivery-limit': 5 }, ['a1', 'a4', 'b0', 'b3', 'c2']],
  [{}, ['b0', 'a1', 'c2', 'b3', 'a4']],
])('with %j what comes back together goes out by consumer, in the order of their tags, or by message', (limit, out) => {
  const { peer, publish } = quorumScene('3', limit);
  peer.call(2, 'basic.consume', { queue: 'q', consumerTag: 'first' });
  for (const body of ['0', '1', '2', '3', '4']) publish(body);
  peer.takeAll();
  peer.call(2, 'basic.cancel', { consumerTag: 'first' });
  for (const consumerTag of ['b', 'a', 'c']) peer.call(1, 'basic.consume', { queue: 'q', consumerTag });
  peer.send(2, 'basic.nack', { deliveryTag: 0, multiple: true, requeue: true });
  const came = peer.takeAll().map((item) => item.kind === 'method' && `${item.args.consumerTag}${item.body}`);
  expect(came).toEqual(out);
});

it.each([
  ['3', ['0', '1 2', '3 4']],
  ['4', ['0', '1', '2']],
] as const)('version %s gives credit for what it gives up: %j', (version, batches) => {
  const { peer, publish } = quorumScene(version, { 'x-delivery-limit': 0 });
  for (const body of ['0', '1', '2', '3', '4']) publish(body);
  peer.call(1, 'basic.qos', { prefetchCount: 1 });
  const came = () => peer.takeAll().flatMap((item) => (item.kind === 'method' && item.body ? [item.body] : []));
  peer.send(1, 'basic.consume', { queue: 'q' });
  const seen = [came().join(' ')];
  for (const deliveryTag of [1, 2]) {
    peer.send(1, 'basic.nack', { deliveryTag, requeue: true });
    seen.push(came().join(' '));
  }
  expect(seen).toEqual(batches);
});

/** The answers to publishes on a channel with confirms. */
function confirmsOf({ peer }: ReturnType<typeof quorumScene>) {
  peer.call(2, 'confirm.select');
  return (body: string) => {
    peer.publish(2, { routingKey: 'q' }, {}, body);
    const names = peer.takeAll().map((item) => (item.kind === 'method' ? item.name : item.kind));
    return names.filter((name) => name === 'basic.ack' || name === 'basic.nack').join();
  };
}

/** A channel with confirms that is told to stop by its second publish. */
async function toldToStop() {
  const scene = quorumScene('3');
  const publish = confirmsOf(scene);
  await scene.rule({ 'max-length': 1, overflow: 'reject-publish' });
  expect([publish('1'), publish('2'), publish('3')]).toEqual(['basic.ack', 'basic.ack', 'basic.nack']);
  return { scene, publish };
}

it('who has published is told to stop as soon as a policy makes what is there too much', async () => {
  const scene = quorumScene('3', { 'x-overflow': 'reject-publish' });
  const publish = confirmsOf(scene);
  expect([publish('1'), publish('2')]).toEqual(['basic.ack', 'basic.ack']);
  await scene.rule({ 'max-length': 1 });
  expect(publish('3')).toBe('basic.nack');
  expect([scene.get().body, scene.get().body, publish('4')]).toEqual(['1', '2', 'basic.ack']);
});

it('who was told to stop hears nothing else until there are limits, and it comes below a part of them', async () => {
  const { scene, publish } = await toldToStop();
  // Drops its head from now on, and still refuses what that channel brings.
  await scene.rule({ 'max-length': 1 });
  expect(publish('4')).toBe('basic.nack');
  await scene.rule(undefined);
  expect([scene.get().body, publish('5')]).toEqual(['2', 'basic.nack']);
  await scene.rule({ 'max-length': 5, overflow: 'reject-publish' });
  expect(publish('6')).toBe('basic.ack');
});

// As RabbitMQ 3.10.8 did.
it('who was told to stop is not told to go on when the queue was below its limits before it cared for that', async () => {
  const { scene, publish } = await toldToStop();
  await scene.rule({ 'max-length': 5 });
  expect(publish('4')).toBe('basic.nack');
  await scene.rule({ 'max-length': 5, overflow: 'reject-publish' });
  expect([publish('5'), scene.get().body, publish('6')]).toEqual(['basic.nack', '1', 'basic.nack']);
});

it.each([
  [false, 1],
  [true, 0],
])('what is too old behind a message that is fetched, no-ack %s, counts as %i', (noAck, count) => {
  const { world, peer, publish } = quorumScene('3');
  publish('1');
  peer.publish(2, { routingKey: 'q' }, { expiration: '5' }, '2');
  world.advance(5);
  expect(peer.call(1, 'basic.get', { queue: 'q', noAck }).args.messageCount).toBe(count);
  expect(peer.call(1, 'queue.declare', { queue: 'q', passive: true }).args.messageCount).toBe(0);
});

it('what is too old is not delivered when it comes back, to whoever waits for it', () => {
  const { world, peer, publish, get, requeue } = quorumScene('3', { 'x-message-ttl': 10 });
  publish('1');
  const got = get();
  peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'c' });
  world.advance(10);
  requeue(got);
  expect(peer.takeAll()).toEqual([]);
  expect(peer.call(1, 'basic.get', { queue: 'dead' }).body).toBe('1');
});
