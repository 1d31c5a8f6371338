import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

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

/** As RabbitMQ 3.10.8 answers. */
test('alarms fail the checks for them, and no other', async () => {
  const world = new AmqpWorld();
  const check = (path: string) => world.http('GET', `/api/${path}`);
  const [{ name }] = (await check('nodes')).body;
  world.broker.setAlarm('disk', true);
  expect(await check('health/checks/alarms')).toEqual({
    status: 503,
    body: {
      status: 'failed',
      reason: 'There are alarms in effect in the cluster',
      alarms: [{ node: name, resource: 'disk space' }],
    },
  });
  expect((await check('health/checks/local-alarms')).body.reason).toBe('There are alarms in effect on the node');
  expect(await check('healthchecks/node')).toEqual({
    status: 503,
    body: { status: 'failed', reason: `resource alarm(s) in effect:[{resource_limit,disk,${name}}]` },
  });
  for (const path of ['health/checks/virtual-hosts', 'aliveness-test/%2F']) {
    expect((await check(path)).body).toEqual({ status: 'ok' });
  }
  world.broker.setAlarm('memory', true);
  world.broker.setAlarm('disk', false);
  expect((await check('health/checks/alarms')).body.alarms).toEqual([{ node: name, resource: 'memory' }]);
  expect((await check('nodes')).body).toMatchObject([{ mem_alarm: true, disk_free_alarm: false }]);
});
