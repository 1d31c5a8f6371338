import { beforeEach, describe, expect, it } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

let world: AmqpWorld;
const refused = (reason: string) => ({ status: 401, body: { error: 'not_authorised', reason } });

/** Asks as a user who may use what is called `q-` or `x-` in one virtual host. */
const ask = (method: string, path: string, body?: unknown) => world.http(method, `/api/${path}`, body, 'pu:pp');

beforeEach(async () => {
  world = new AmqpWorld({ vhosts: ['pv'] });
  await world.http('PUT', '/api/users/pu', { password: 'pp', tags: 'management' });
  const own = '^(q|x)-.*';
  await world.http('PUT', '/api/permissions/pv/pu', { configure: own, write: own, read: own });
  for (const queue of ['q-ok', 'other']) await world.http('PUT', `/api/queues/pv/${queue}`, {});
  await world.http('PUT', '/api/exchanges/pv/other-x', { type: 'fanout' });
});

/** As RabbitMQ 3.10.8 answers. */
describe('a user with the tag management', () => {
  it('sees all of the virtual hosts that it has permissions in, and nothing of others', async () => {
    expect((await ask('GET', 'queues/pv?columns=name')).body).toEqual([{ name: 'other' }, { name: 'q-ok' }]);
    for (const path of ['queues/%2F', 'bindings/%2F', 'aliveness-test/%2F']) {
      expect(await ask('GET', path)).toMatchObject(refused('User not authorised to access virtual host'));
    }
    expect((await ask('GET', 'vhosts?columns=name')).body).toEqual([{ name: 'pv' }]);
    const exchanges = (await ask('GET', 'exchanges')).body as Array<{ vhost: string }>;
    expect(new Set(exchanges.map(({ vhost }) => vhost))).toEqual(new Set(['pv']));
  });

  it('sees only its own connections', async () => {
    world.connect({ vhost: 'pv', user: 'pu', pass: 'pp' });
    world.connect();
    expect((await ask('GET', 'connections?columns=user')).body).toEqual([{ user: 'pu' }]);
    expect((await ask('GET', 'overview?columns=object_totals.connections')).body).toEqual({
      object_totals: { connections: 1 },
    });
  });

  it.each([
    ['users', 'Not administrator user'],
    ['vhosts/pv', 'Not administrator user'],
    ['permissions', 'Not administrator user'],
    ['definitions', 'Not administrator user'],
    ['nodes', 'Not monitor user'],
    ['parameters', 'User not authorised to access object'],
  ])('may not look at %s', async (path, reason) => {
    expect(await ask('GET', path)).toMatchObject(refused(reason));
  });

  it('changes what its permissions allow, and is told in the words of each request otherwise', async () => {
    expect((await ask('PUT', 'queues/pv/q-http', {})).status).toBe(201);
    expect(await ask('PUT', 'queues/pv/zz', {})).toMatchObject(refused('Access refused.'));
    expect(await ask('DELETE', 'queues/pv/other')).toMatchObject(refused('Access refused.'));
    expect(await ask('PUT', 'policies/pv/p', {})).toMatchObject(refused('User not authorised to access object'));
    const message = { properties: {}, routing_key: 'x', payload: 'x', payload_encoding: 'string' };
    const no = (kind: string, name: string) =>
      `ACCESS_REFUSED - access to ${kind} '${name}' in vhost 'pv' refused for user 'pu'`;
    expect(await ask('POST', 'exchanges/pv/other-x/publish', message)).toMatchObject({
      status: 400,
      body: { error: 'bad_request', reason: `403 ${no('exchange', 'other-x')}` },
    });
    const get = { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' };
    expect(await ask('POST', 'queues/pv/other/get', get)).toMatchObject(refused(no('queue', 'other')));
  });
});
