import { expect, it } from 'vitest';
import { AmqpWorld } from '../../helpers/amqp-wire.js';

/** A stream with messages 0 to 4, a second between them; the clock stands at the last. */
function streamScene(args: Record<string, unknown> = {}) {
  const world = new AmqpWorld();
  const peer = world.connect();
  peer.call(1, 'channel.open');
  peer.call(1, 'queue.declare', { queue: 's', durable: true, args: { 'x-queue-type': 'stream', ...args } });
  peer.call(1, 'basic.qos', { prefetchCount: 100 });
  const publish = (body: string) => peer.publish(1, { routingKey: 's' }, {}, body);
  for (let i = 0; i < 5; i++) {
    if (i > 0) world.advance(1_000);
    publish(String(i));
  }
  /** What a new consumer gets from there. */
  const read = (offset?: unknown) => {
    const args = offset === undefined ? {} : { 'x-stream-offset': offset };
    peer.send(1, 'basic.consume', { queue: 's', args });
    return peer
      .takeAll()
      .flatMap((item) => (item.kind === 'method' && item.name === 'basic.deliver' ? [item.body] : []));
  };
  return { world, peer, publish, read };
}

it.each<[unknown, string[]]>([
  [undefined, []],
  ['next', []],
  ['first', ['0', '1', '2', '3', '4']],
  ['last', ['4']],
  [{ $t: 'l', v: 2 }, ['2', '3', '4']],
  [{ $t: 'l', v: 99 }, []],
])('offset %j starts there', (offset, bodies) => {
  expect(streamScene().read(offset)).toEqual(bodies);
});

it('ends the connection of who publishes a decimal, which RabbitMQ 3 cannot write into a stream', () => {
  const { world, peer } = streamScene();
  peer.call(1, 'queue.declare', { queue: 'other' });
  for (const queue of ['s', 'other']) peer.call(1, 'queue.bind', { queue, exchange: 'amq.fanout' });
  const headers = { decimal: { $t: 'D', v: [2, 314] } };
  peer.publish(1, { exchange: 'amq.fanout' }, { headers: { list: [headers.decimal], table: headers } }, 'deep');
  expect(peer.takeAll()).toEqual([]);
  peer.publish(1, { exchange: 'amq.fanout' }, { headers }, 'm');
  expect(peer.takeAll()).toMatchObject([{ name: 'connection.close', args: { replyCode: 541, classId: 0 } }]);
  // None of its queues has it.
  const [vhost] = world.broker.vhosts.values();
  expect([...(vhost?.queues.values() ?? [])].map(({ readyCount }) => readyCount)).toEqual([6, 1]);
});

it('writes what came as an L as an l, as RabbitMQ 3 does', () => {
  const { peer, read } = streamScene();
  peer.publish(1, { routingKey: 's' }, { headers: { long: { $t: 'L', v: 5 } } }, 'm');
  peer.send(1, 'basic.consume', { queue: 's', args: { 'x-stream-offset': { $t: 'l', v: 5 } } });
  expect(peer.takeAll().at(-1)).toMatchObject({ props: { headers: { long: { $t: 'l', v: 5 } } } });
  expect(read('last')).toEqual(['m']);
});

const INVALID = (text: string) =>
  `406 PRECONDITION_FAILED - invalid arg 'x-stream-offset' for queue 's' in vhost '/': ` +
  `{invalid_stream_offset_arg,{longstr,<<"${text}">>}}`;

/** As RabbitMQ 3.10.8 answers. */
it.each([
  ['0s', INVALID('0s')],
  ['10', INVALID('10')],
  ['1h2m', INVALID('1h2m')],
  ['FIRST', '541 INTERNAL_ERROR'],
  ['-1h', '541 INTERNAL_ERROR'],
  [true, '541 INTERNAL_ERROR'],
])('offset %j is none', (offset, refused) => {
  const { peer } = streamScene();
  const { args } = peer.call(1, 'basic.consume', { queue: 's', args: { 'x-stream-offset': offset } });
  expect(`${args.replyCode} ${args.replyText}`).toBe(refused);
});

it('a word may come as bytes', () => {
  expect(streamScene().read({ $t: 'x', v: 'last' })).toEqual(['4']);
});

it('a timestamp starts at the first message of then or later', () => {
  const { world, read } = streamScene();
  expect(read({ $t: 'T', v: Math.floor((world.clock.now - 2_000) / 1_000) })).toEqual(['2', '3', '4']);
});

it('every consumer reads everything, and acks remove nothing', () => {
  const { peer, publish, read } = streamScene();
  expect(read('first')).toEqual(read('first'));
  peer.send(1, 'basic.ack', { deliveryTag: 10, multiple: true });
  publish('5');
  const items = peer.takeAll().flatMap((item) => (item.kind === 'method' ? [item.body] : []));
  expect(items).toEqual(['5', '5']);
  expect(peer.call(1, 'queue.declare', { queue: 's', passive: true }).args.messageCount).toBe(6);
});

it('deliveries carry their offset', () => {
  const { peer } = streamScene();
  peer.send(1, 'basic.consume', { queue: 's', args: { 'x-stream-offset': 'last' } });
  const delivery = peer.takeAll().find((item) => item.kind === 'method' && item.name === 'basic.deliver');
  expect(delivery).toMatchObject({ props: { headers: { 'x-stream-offset': { v: 4 } } } });
});

it('an offset that is none ends the connection, as in RabbitMQ', () => {
  const { peer } = streamScene();
  const { args } = peer.call(1, 'basic.consume', { queue: 's', args: { 'x-stream-offset': 'middle' } });
  expect(args.replyCode).toBe(541);
});

it('an offset to come is waited for', () => {
  const { peer, publish, read } = streamScene();
  read({ $t: 'l', v: 6 });
  for (const body of ['5', '6']) publish(body);
  expect(peer.takeAll()).toMatchObject([{ name: 'basic.deliver', body: '6' }]);
});

it('version 3 keeps no lists and tables of headers, nor a cluster', () => {
  const { peer } = streamScene();
  const headers = { a: 1, list: [1], table: { a: 1 }, void: null };
  peer.publish(1, { routingKey: 's' }, { headers, clusterId: 'c', appId: 'a' }, 'x');
  peer.send(1, 'basic.consume', { queue: 's', args: { 'x-stream-offset': 'last' } });
  const [delivery] = peer.takeAll().slice(-1);
  expect(delivery).toMatchObject({
    props: { headers: { a: 1, void: null, 'x-stream-offset': { $t: 'l', v: 5 } }, appId: 'a' },
  });
  expect(JSON.stringify(delivery)).not.toMatch(/list|table|clusterId/);
});

it('the consumers of a channel hear of what comes in the order of their tags, the last first', () => {
  const { peer, publish } = streamScene();
  for (const consumerTag of ['b', 'a', 'c']) peer.call(1, 'basic.consume', { queue: 's', consumerTag });
  publish('x');
  expect(peer.takeAll().map((item) => item.kind === 'method' && item.args.consumerTag)).toEqual(['c', 'b', 'a']);
});

it('recover ends the connection that has something of a stream, as it does in RabbitMQ', () => {
  const { peer, publish } = streamScene();
  expect(peer.call(1, 'basic.recover', { requeue: true }).name).toBe('basic.recover-ok');
  peer.call(1, 'basic.consume', { queue: 's' });
  publish('x');
  peer.takeAll();
  expect(peer.call(1, 'basic.recover', { requeue: true }).args).toMatchObject({ replyCode: 541, classId: 0 });
});

it('what is deleted does not tell how much went with it', () => {
  const { peer } = streamScene();
  expect(peer.call(1, 'queue.delete', { queue: 's' }).args.messageCount).toBe(0);
});
