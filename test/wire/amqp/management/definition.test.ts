import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test('definitions of one broker make another the same', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/vhosts/v', { description: 'd' });
  await world.http('PUT', '/api/users/u', { password: 'secret', tags: 'monitoring' });
  await world.http('PUT', '/api/permissions/v/u', { configure: '^a', write: '.*', read: '.*' });
  await world.http('PUT', '/api/policies/v/p', {
    pattern: '^q',
    definition: { 'max-length': 3 },
    'apply-to': 'queues',
  });
  await world.http('PUT', '/api/operator-policies/v/o', {
    pattern: '^q',
    definition: { expires: 5 },
    'apply-to': 'queues',
  });
  await world.http('PUT', '/api/vhost-limits/v/max-queues', { value: 5 });
  await world.http('PUT', '/api/queues/v/q', { durable: true, arguments: { 'x-max-length': 5 } });
  await world.http('PUT', '/api/exchanges/v/x', { type: 'headers' });
  await world.http('POST', '/api/bindings/v/e/x/q/q', { routing_key: 'k', arguments: { a: 1 } });
  const { body } = await world.http('GET', '/api/definitions');
  const other = new AmqpWorld();
  expect((await other.http('POST', '/api/definitions', body)).status).toBe(204);
  expect((await other.http('GET', '/api/definitions')).body).toEqual(body);
  expect(other.broker.authenticate('u', 'secret')).toBe(true);
  expect((await other.http('POST', '/api/definitions', body)).status).toBe(204);
});

test('definitions for an unknown vhost are refused, a binding to nothing is left out', async () => {
  const world = new AmqpWorld();
  const queue = { name: 'q', vhost: 'zzz', durable: true, auto_delete: false, arguments: {} };
  expect(await world.http('POST', '/api/definitions', { queues: [queue] })).toEqual({
    status: 400,
    body: { error: 'bad_request', reason: ['no_such_vhost', 'zzz'] },
  });
  const binding = {
    source: 'amq.direct',
    vhost: '/',
    destination: 'nope',
    destination_type: 'queue',
    routing_key: '',
    arguments: {},
  };
  expect((await world.http('POST', '/api/definitions', { bindings: [binding] })).status).toBe(204);
});

/** As RabbitMQ 3.10.8 answers. */
test.each([
  [{ permissions: [{ user: 'nope', vhost: '/', configure: '', write: '', read: '' }] }, ['no_such_user', 'nope']],
  [{ permissions: [{ user: 'guest', vhost: '/', write: '', read: '' }] }, 'badarg'],
  [
    { policies: [{ vhost: '/', name: 'p', pattern: 'x', definition: {}, priority: 1 }] },
    'Validation failed\n\nno policy provided\n (//p)',
  ],
  [
    { parameters: [{ vhost: '/', component: 'nope', name: 'n', value: {} }] },
    'Validation failed\n\ncomponent nope not found\n (//nope/n)',
  ],
])('%o is refused', async (document, reason) => {
  expect(await new AmqpWorld().http('POST', '/api/definitions', document)).toEqual({
    status: 400,
    body: { error: 'bad_request', reason },
  });
});

test("definitions leave out what is the server's own, and are none when they are no object", async () => {
  const world = new AmqpWorld();
  const queues = [{ name: 'amq.q', vhost: '/', durable: true, auto_delete: false, arguments: {} }];
  const exchanges = [{ name: 'amq.direct', vhost: 'nope', type: 'nope' }];
  expect((await world.http('POST', '/api/definitions', { queues, exchanges })).status).toBe(204);
  expect((await world.http('GET', '/api/queues')).body).toEqual([]);
  expect((await world.http('POST', '/api/definitions', [])).body.reason).toBe('failed_to_parse_json');
  expect((await world.http('GET', '/api/definitions/nope')).body.reason).toBe('vhost_not_found');
});

test('definitions with more queues than a vhost may have are refused as a whole', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/vhost-limits/%2F/max-queues', { value: 1 });
  const queues = ['a', 'b'].map((name) => ({ name, durable: true, auto_delete: false, arguments: {} }));
  const { status, body } = await world.http('POST', '/api/definitions/%2F', { queues });
  expect([status, body.reason]).toEqual([
    400,
    'Adding 2 queue(s) to virtual host "/" would exceed the limit of 1 queue(s).\n\n' +
      'This virtual host currently has 0 queue(s) defined.\n\nImport aborted!',
  ]);
  expect((await world.http('GET', '/api/queues')).body).toEqual([]);
});

test('definitions of one vhost name no vhost, and go into another one', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/queues/%2F/q', { durable: true });
  await world.http('POST', '/api/bindings/%2F/e/amq.topic/q/q', { routing_key: 'a.#' });
  const { body } = await world.http('GET', '/api/definitions/%2F');
  expect(body.queues).toEqual([{ name: 'q', durable: true, auto_delete: false, arguments: {} }]);
  await world.http('PUT', '/api/vhosts/copy');
  expect((await world.http('POST', '/api/definitions/copy', body)).status).toBe(204);
  expect((await world.http('GET', '/api/definitions/copy')).body).toEqual(body);
});
