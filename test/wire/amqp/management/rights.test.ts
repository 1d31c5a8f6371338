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

  it('looks at no policy, and may do nothing for the whole server', async () => {
    for (const path of ['policies/pv/p', 'global-parameters/p']) {
      expect(await ask('GET', path)).toMatchObject(refused('User not authorised to access object'));
    }
    for (const [method, path] of [
      ['GET', 'operator-policies/pv/p'],
      ['PUT', 'operator-policies/pv/p'],
      ['POST', 'queues/pv/q-ok/actions'],
      ['POST', 'rebalance/queues'],
      ['PUT', 'cluster-name'],
      ['DELETE', 'connections/username/pu'],
    ] as const) {
      expect(await ask(method, path, {})).toMatchObject(refused('Not administrator user'));
    }
    expect((await ask('GET', 'user-limits')).status).toBe(200);
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

/** As RabbitMQ 3.10.8 answers. */
describe('a user with the tag monitoring', () => {
  it('knows of all virtual hosts, but sees nothing in those that it has no permissions in', async () => {
    await world.http('PUT', '/api/users/mu', { password: 'mp', tags: 'monitoring' });
    const look = (path: string) => world.http('GET', `/api/${path}`, undefined, 'mu:mp');
    expect((await look('vhosts?columns=name')).body).toEqual([{ name: '/' }, { name: 'pv' }]);
    expect((await look('vhost-limits/pv')).status).toBe(200);
    expect((await look('queues')).body).toEqual([]);
    for (const path of ['queues/pv', 'exchanges/pv/other-x', 'bindings/pv', 'policies/pv', 'vhosts/pv/channels']) {
      expect(await look(path)).toMatchObject(refused('User not authorised to access virtual host'));
    }
  });
});
