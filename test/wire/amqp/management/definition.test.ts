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
