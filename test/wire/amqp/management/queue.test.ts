import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test('the live values are those of the broker', async () => {
  const world = new AmqpWorld();
  const peer = world.connect();
  peer.call(1, 'channel.open');
  peer.call(1, 'queue.declare', { queue: 'q' });
  peer.publish(1, { routingKey: 'q' }, {}, 'hello');
  peer.publish(1, { routingKey: 'q' }, {}, 'x');
  peer.call(1, 'basic.get', { queue: 'q' });
  expect((await world.http('GET', '/api/queues/%2F/q')).body).toMatchObject({
    messages: 2,
    messages_ready: 1,
    messages_unacknowledged: 1,
    message_bytes: 6,
    message_bytes_ready: 1,
    message_bytes_unacknowledged: 5,
    consumers: 0,
  });
  expect((await world.http('GET', '/api/overview')).body.queue_totals.messages).toBe(2);
});

test('a queue is declared once, purged and deleted; a condition that does not hold keeps it', async () => {
  const world = new AmqpWorld();
  const queue = '/api/queues/%2F/q';
  expect((await world.http('PUT', queue, { durable: true })).status).toBe(201);
  expect((await world.http('PUT', queue, { durable: true })).status).toBe(204);
  expect((await world.http('PUT', queue, { durable: false })).body.reason).toContain("inequivalent arg 'durable'");
  const publication = { routing_key: 'q', properties: {}, payload: 'x', payload_encoding: 'string' };
  await world.http('POST', '/api/exchanges/%2F/amq.default/publish', publication);
  expect((await world.http('DELETE', `${queue}?if-empty=true`)).body.reason).toContain('not empty');
  expect((await world.http('DELETE', `${queue}/contents`)).status).toBe(204);
  expect((await world.http('DELETE', `${queue}?if-empty=true`)).status).toBe(204);
  expect((await world.http('DELETE', queue)).status).toBe(404);
});

test('messages are got, shown as text or base64, cut, and put back or not', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/queues/%2F/q', {});
  const publication = { routing_key: 'q', properties: { priority: 3, headers: { n: 1 } }, payload_encoding: 'string' };
  await world.http('POST', '/api/exchanges/%2F/amq.default/publish', { ...publication, payload: 'hello' });
  const get = (more: object) =>
    world.http('POST', '/api/queues/%2F/q/get', { count: 5, encoding: 'auto', ackmode: 'ack_requeue_true', ...more });
  expect((await get({ truncate: 4 })).body).toEqual([
    {
      exchange: '',
      message_count: 0,
      payload: 'hell',
      payload_bytes: 5,
      payload_encoding: 'string',
      properties: { priority: 3, headers: { n: 1 } },
      redelivered: false,
      routing_key: 'q',
    },
  ]);
  expect((await get({ encoding: 'base64', ackmode: 'ack_requeue_false' })).body).toMatchObject([
    { payload: Buffer.from('hello').toString('base64'), payload_encoding: 'base64', redelivered: true },
  ]);
  expect((await get({})).body).toEqual([]);
  expect((await get({ ackmode: 'keep' })).body.reason).toEqual(['unsupported_ackmode', 'keep']);
});

test('the consumer of a queue with one active consumer is told from those that wait', async () => {
  const world = new AmqpWorld();
  const peer = world.connect();
  peer.call(1, 'channel.open');
  peer.call(1, 'queue.declare', { queue: 'q', args: { 'x-single-active-consumer': true } });
  peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'first' });
  peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'second' });
  const { body } = await world.http('GET', '/api/queues/%2F/q');
  expect(body.single_active_consumer_tag).toBe('first');
  expect(body.consumer_details).toMatchObject([
    { consumer_tag: 'first', active: true, activity_status: 'single_active' },
    { consumer_tag: 'second', active: false, activity_status: 'waiting' },
  ]);
});

/** As RabbitMQ 3.10.8 answers. */
test('each type of queue tells of itself what it knows', async () => {
  const world = new AmqpWorld();
  const fieldsOf = async (type: string) => {
    const args = { 'x-queue-type': type };
    await world.http('PUT', `/api/queues/%2F/${type}`, { durable: true, arguments: args });
    const { body } = await world.http('GET', `/api/queues/%2F/${type}`);
    return Object.keys(body).filter((key) => /consumer_|leader|members|message_bytes$/.test(key));
  };
  const everyQueue = ['consumer_capacity', 'consumer_utilisation', 'message_bytes', 'consumer_details'];
  const classic = ['exclusive_consumer_tag', 'single_active_consumer_tag'];
  expect((await fieldsOf('classic')).sort()).toEqual([...everyQueue, ...classic].sort());
  const quorum = ['single_active_consumer_ctag', 'leader', 'members'];
  expect((await fieldsOf('quorum')).sort()).toEqual([...everyQueue, ...quorum].sort());
  expect((await fieldsOf('stream')).sort()).toEqual(['consumer_details', 'members']);
});

test('a quorum queue counts who has fetched from it and not settled that', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/queues/%2F/q', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  const peer = world.connect();
  peer.call(1, 'channel.open');
  peer.publish(1, { routingKey: 'q' }, {}, 'm');
  peer.call(1, 'basic.get', { queue: 'q' });
  expect((await world.http('GET', '/api/queues/%2F/q')).body.consumers).toBe(1);
});
