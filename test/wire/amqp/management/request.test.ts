import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test('what is missing in a body is named', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/queues/%2F/q', {});
  const asked = { count: 1, encoding: 'auto' };
  expect((await world.http('POST', '/api/queues/%2F/q/get', asked)).body).toEqual({
    error: 'bad_request',
    reason: '[{key_missing,ackmode}]',
  });
  expect((await world.http('PUT', '/api/users/u', { password: 'x' })).body.reason).toBe('tags_not_present');
  expect((await world.http('PUT', '/api/permissions/nope/u', { configure: '', write: '', read: '' })).body.reason).toBe(
    'vhost_or_user_not_found',
  );
});

test('a body that is no object is refused with the reason', async () => {
  const world = new AmqpWorld();
  const reason = async (body: unknown) => (await world.http('PUT', '/api/users/u', body)).body.reason;
  expect(await reason('text')).toContain('the request body JSON-decoded to a string');
  expect(await reason([])).toBe('not_json');
  // What is no value at all is as good as nothing.
  expect(await reason(null)).toBe('tags_not_present');
});

test('what is deleted is asked for with JSON or nothing', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/queues/%2F/q', {});
  await world.http('PUT', '/api/exchanges/%2F/x', {});
  for (const path of ['queues/%2F/q', 'exchanges/%2F/x']) {
    expect((await world.http('DELETE', `/api/${path}`, ['no object'])).body.reason).toBe('not_json');
    expect((await world.http('DELETE', `/api/${path}`, {})).status).toBe(204);
  }
});

test('a vhost that is not there is 404, with a reason when it should be changed', async () => {
  const world = new AmqpWorld();
  expect((await world.http('GET', '/api/queues/nope')).body).toEqual({
    error: 'Object Not Found',
    reason: 'Not Found',
  });
  expect(await world.http('PUT', '/api/queues/nope/q', {})).toEqual({
    status: 404,
    body: { error: 'not_found', reason: 'vhost_not_found' },
  });
});

test('a vhost that is not there takes no message and gives none', async () => {
  const world = new AmqpWorld();
  const refused = { status: 401, body: { error: 'not_authorised', reason: 'Access refused.' } };
  const message = { properties: {}, routing_key: 'q', payload: 'x', payload_encoding: 'string' };
  expect(await world.http('POST', '/api/exchanges/nope/amq.direct/publish', message)).toEqual(refused);
  const get = { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' };
  expect(await world.http('POST', '/api/queues/nope/q/get', get)).toEqual(refused);
  expect((await world.http('POST', '/api/queues/nope/q/get', {})).body.reason).toContain('key_missing');
  for (const path of ['queues/nope/q/bindings', 'exchanges/nope/x/bindings/source', 'bindings/nope/e/x/q/q']) {
    expect((await world.http('GET', `/api/${path}`)).body).toEqual([]);
  }
});

test('a flag spelt out counts, an empty list is an empty map, and any other list is none', async () => {
  const world = new AmqpWorld();
  expect((await world.http('PUT', '/api/queues/%2F/q', { durable: 'true', arguments: [] })).status).toBe(201);
  expect((await world.http('GET', '/api/queues/%2F/q')).body).toMatchObject({ durable: true, arguments: {} });
  expect((await world.http('PUT', '/api/queues/%2F/q', { arguments: [1] })).status).toBe(400);
});
