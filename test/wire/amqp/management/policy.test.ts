import { expect, test } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test.each(['policies', 'operator-policies'])('%s are stored, shown, in force, and removed', async (kind) => {
  const world = new AmqpWorld();
  await world.http('PUT', '/api/queues/%2F/q1', {});
  const policy = { pattern: '^q', definition: { 'max-length': 1 }, 'apply-to': 'queues', priority: 2 };
  const path = `/api/${kind}/%2F/short`;
  expect((await world.http('PUT', path, policy)).status).toBe(201);
  expect((await world.http('PUT', path, policy)).status).toBe(204);
  expect((await world.http('GET', path)).body).toEqual({ vhost: '/', name: 'short', ...policy });
  expect((await world.http('GET', `/api/${kind}`)).body).toHaveLength(1);
  for (const payload of ['a', 'b']) world.broker.publish('', 'q1', payload);
  expect((await world.http('GET', '/api/queues/%2F/q1')).body).toMatchObject({
    messages: 1,
    [kind === 'policies' ? 'policy' : 'operator_policy']: 'short',
  });
  expect((await world.http('DELETE', path)).status).toBe(204);
  expect((await world.http('DELETE', path)).status).toBe(404);
});

test('a policy that makes no sense is refused and changes nothing', async () => {
  const world = new AmqpWorld();
  const put = (body: object) => world.http('PUT', '/api/policies/%2F/p', body);
  expect((await put({ pattern: '^q' })).body.reason).toBe('[{key_missing,definition}]');
  expect((await put({ pattern: '(', definition: { expires: 1 } })).status).toBe(400);
  expect((await put({ pattern: '^q', definition: { 'no-such-key': 1 } })).status).toBe(400);
  expect((await world.http('GET', '/api/policies')).body).toEqual([]);
});

test('they are listed by priority', async () => {
  const world = new AmqpWorld();
  for (const [name, priority] of [
    ['a', 5],
    ['b', 0],
    ['c', 1],
  ] as const) {
    await world.http('PUT', `/api/policies/%2F/${name}`, { pattern: '', definition: { 'max-length': 1 }, priority });
  }
  expect((await world.http('GET', '/api/policies?columns=name,priority')).body).toEqual([
    { name: 'b', priority: 0 },
    { name: 'c', priority: 1 },
    { name: 'a', priority: 5 },
  ]);
});
