import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test('a user is added, changed and removed, and the password is kept as a salted hash', async () => {
  const world = new AmqpWorld();
  expect((await world.http('PUT', '/api/users/u', { password: 'secret', tags: 'monitoring, management' })).status).toBe(
    201,
  );
  const { body } = await world.http('GET', '/api/users/u');
  expect(body).toMatchObject({ name: 'u', tags: ['monitoring', 'management'], limits: {} });
  expect(Buffer.from(body.password_hash, 'base64')).toHaveLength(4 + 32);
  expect((await world.http('PUT', '/api/users/copy', { password_hash: body.password_hash, tags: '' })).status).toBe(
    201,
  );
  expect(world.broker.authenticate('copy', 'secret')).toBe(true);
  expect((await world.http('PUT', '/api/users/u', { password: 'other', tags: [] })).status).toBe(204);
  expect(world.broker.authenticate('u', 'secret')).toBe(false);
  expect((await world.http('DELETE', '/api/users/u')).status).toBe(204);
  expect((await world.http('GET', '/api/users/u')).status).toBe(404);
});

test('permissions and topic permissions are set, listed and cleared', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/users/u', { password: 'x', tags: '' });
  expect((await world.http('GET', '/api/users/without-permissions?columns=name')).body).toEqual([{ name: 'u' }]);
  const own = { configure: '^a', write: '', read: '.*' };
  expect((await world.http('PUT', '/api/permissions/%2F/u', own)).status).toBe(201);
  expect((await world.http('PUT', '/api/permissions/%2F/u', own)).status).toBe(204);
  const item = { user: 'u', vhost: '/', ...own };
  expect((await world.http('GET', '/api/permissions/%2F/u')).body).toEqual(item);
  expect((await world.http('GET', '/api/users/u/permissions')).body).toEqual([item]);
  const topic = { exchange: 'amq.topic', write: '^a', read: '' };
  expect((await world.http('PUT', '/api/topic-permissions/%2F/u', topic)).status).toBe(201);
  expect((await world.http('GET', '/api/users/u/topic-permissions')).body).toEqual([
    { user: 'u', vhost: '/', ...topic },
  ]);
  for (const kind of ['permissions', 'topic-permissions']) {
    expect((await world.http('DELETE', `/api/${kind}/%2F/u`)).status).toBe(204);
    expect((await world.http('DELETE', `/api/${kind}/%2F/u`)).status).toBe(404);
  }
});

/** As RabbitMQ 3.10.8 answers. */
test.each([
  ['PUT', 'users/u', { password: 'a', password_hash: '', tags: '' }, 'both_password_and_password_hash_are_provided'],
  ['PUT', 'user-limits/nope/max-channels', { value: 1 }, ['no_such_user', 'nope']],
  ['PUT', 'user-limits/guest/max-channels', { value: 1.5 }, 'max-channels should be a number, actually was 1.5'],
  ['POST', 'users/bulk-delete', { users: ['nope', 'guest'] }, ['no_such_user', 'nope']],
  ['PUT', 'permissions/nope/guest', {}, 'vhost_or_user_not_found'],
  ['PUT', 'topic-permissions/%2F/nope', {}, 'vhost_or_user_not_found'],
])('%s %s with %o is refused', async (method, path, body, reason) => {
  const world = new AmqpWorld();
  expect(await world.http(method, `/api/${path}`, body)).toEqual({
    status: 400,
    body: { error: 'bad_request', reason },
  });
  expect(world.broker.users.size).toBe(1);
});

test('limits of a user are set by name and cleared', async () => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/users/u', { password: 'x', tags: '' });
  expect((await world.http('PUT', '/api/user-limits/u/max-channels', { value: 7 })).status).toBe(204);
  expect((await world.http('GET', '/api/user-limits')).body).toEqual([{ user: 'u', value: { 'max-channels': 7 } }]);
  expect((await world.http('PUT', '/api/user-limits/u/max-dreams', { value: 7 })).status).toBe(400);
  expect((await world.http('DELETE', '/api/user-limits/u/max-channels')).status).toBe(204);
  expect((await world.http('GET', '/api/user-limits/u')).body).toEqual([]);
});
