import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

const bad = (reason: unknown) => ({ status: 400, body: { error: 'bad_request', reason } });
const POLICY = { pattern: '^q', definition: { 'max-length': 5 }, priority: 1 };

test('limits and policies of the operator are parameters too', async () => {
  const world = new AmqpWorld();
  const put = (path: string, value: unknown) => world.http('PUT', `/api/parameters/${path}`, { value });
  expect((await put('vhost-limits/%2F/limits', { 'max-queues': 5 })).status).toBe(201);
  expect((await put('vhost-limits/%2F/limits', { 'max-connections': 7 })).status).toBe(204);
  expect((await world.http('GET', '/api/vhost-limits')).body).toEqual([
    { vhost: '/', value: { 'max-connections': 7 } },
  ]);
  expect((await put('operator_policy/%2F/p', POLICY)).status).toBe(201);
  expect((await world.http('GET', '/api/operator-policies/%2F/p')).body).toMatchObject({ name: 'p', ...POLICY });
  expect((await world.http('GET', '/api/parameters?columns=component,name')).body).toEqual([
    { component: 'vhost-limits', name: 'limits' },
    { component: 'operator_policy', name: 'p' },
  ]);
  for (const path of ['vhost-limits/%2F/limits', 'operator_policy/%2F/p']) {
    expect((await world.http('DELETE', `/api/parameters/${path}`)).status).toBe(204);
  }
  expect((await world.http('GET', '/api/parameters')).body).toEqual([]);
});

/** As RabbitMQ 3.10.8 answers. */
test.each([
  ['policy/%2F/p', POLICY, 'policies may not be set using this method'],
  ['shovel/%2F/s', {}, 'Validation failed\n\ncomponent shovel not found\n'],
  [
    'operator_policy/%2F/nope',
    { 'max-queues': 5 },
    'Validation failed\n\nUnrecognised terms [{&lt;&lt;"max-queues"&gt;&gt;,5}] in nope\n' +
      'Key "definition" not found in nope\nKey "pattern" not found in nope\nKey "priority" not found in nope\n',
  ],
  [
    'vhost-limits/%2F/limits',
    { 'max-queues': 'x' },
    'Validation failed\n\nmax-queues should be a number, actually was &lt;&lt;"x"&gt;&gt;\n',
  ],
])('%s is not set to %o', async (path, value, reason) => {
  expect(await new AmqpWorld().http('PUT', `/api/parameters/${path}`, { value })).toEqual(bad(reason));
});

test('the vhost comes before the value', async () => {
  expect(await new AmqpWorld().http('PUT', '/api/parameters/shovel/nope/s', {})).toEqual({
    status: 404,
    body: { error: 'not_found', reason: 'vhost_not_found' },
  });
});

test('global parameters are kept, also by a snapshot, and cleared', async () => {
  const world = new AmqpWorld();
  const path = '/api/global-parameters/mine';
  expect((await world.http('GET', path)).status).toBe(404);
  expect((await world.http('PUT', path, {})).body.reason).toBe('[{key_missing,value}]');
  expect((await world.http('PUT', path, { value: { a: [1] } })).status).toBe(201);
  expect((await world.http('PUT', path, { value: 2 })).status).toBe(204);
  expect((await world.http('GET', path)).body).toEqual({ name: 'mine', value: 2 });
  const kept = world.broker.snapshot();
  expect((await world.http('DELETE', path)).status).toBe(204);
  expect((await world.http('DELETE', path)).status).toBe(404);
  world.broker.restore(kept);
  expect((await world.http('GET', '/api/global-parameters')).body).toEqual([{ name: 'mine', value: 2 }]);
});

test('the name of the cluster is one of them', async () => {
  const world = new AmqpWorld();
  expect((await world.http('PUT', '/api/cluster-name', { name: 'ours' })).status).toBe(204);
  expect((await world.http('GET', '/api/cluster-name')).body).toEqual({ name: 'ours' });
  expect((await world.http('GET', '/api/global-parameters/cluster_name')).body.value).toBe('ours');
  expect((await world.http('GET', '/api/overview')).body.cluster_name).toBe('ours');
});
