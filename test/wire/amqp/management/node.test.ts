import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test('the overview counts what there is', async () => {
  const world = new AmqpWorld();
  const peer = world.connect();
  peer.call(1, 'channel.open');
  peer.call(1, 'queue.declare', { queue: 'q' });
  peer.call(1, 'basic.consume', { queue: 'q', consumerTag: 'tag' });
  const { body } = await world.http('GET', '/api/overview');
  expect(body.object_totals).toMatchObject({ connections: 1, channels: 1, consumers: 1, queues: 1 });
  expect(body.product_name).toBe('RabbitMQ');
  expect(body.exchange_types.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(['direct', 'fanout', 'topic', 'headers']),
  );
});

test('the node is known by its name, and who asks by theirs', async () => {
  const world = new AmqpWorld();
  const [node] = (await world.http('GET', '/api/nodes')).body;
  expect(node).toMatchObject({ running: true, mem_alarm: false });
  expect((await world.http('GET', `/api/nodes/${node.name}`)).body).toEqual(node);
  expect((await world.http('GET', '/api/nodes/rabbit@nowhere')).status).toBe(404);
  expect((await world.http('GET', '/api/whoami')).body).toEqual({ name: 'guest', tags: ['administrator'] });
});

test('health checks know protocols by many names, and when no certificate can expire', async () => {
  const world = new AmqpWorld();
  const check = async (path: string) => (await world.http('GET', `/api/health/checks/${path}`)).body;
  expect(await check('protocol-listener/AMQP0-9-1')).toEqual({ status: 'ok', protocol: 'amqp' });
  expect(await check('protocol-listener/management')).toEqual({ status: 'ok', protocol: 'http' });
  expect(await check('certificate-expiration/2/Weeks')).toEqual({ status: 'ok' });
  expect((await check('certificate-expiration/x/weeks')).reason).toBe('Invalid expiration value.');
  expect((await check('certificate-expiration/1/hours')).reason).toBe(
    'Time unit not recognised. Supported units: days, weeks, months, years.',
  );
});

test('a health check of a port tells whether somebody listens there', async () => {
  const world = new AmqpWorld();
  world.connect();
  expect((await world.http('GET', '/api/health/checks/port-listener/5672')).body).toEqual({ status: 'ok', port: 5672 });
  const silent = await world.http('GET', '/api/health/checks/port-listener/1');
  expect([silent.status, silent.body.reason, silent.body.missing]).toEqual([503, 'No active listener', 1]);
  expect((await world.http('GET', '/api/health/checks/alarms')).body).toEqual({ status: 'ok' });
});
