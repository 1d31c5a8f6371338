import { beforeAll, expect, it } from 'vitest';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

const PUBLISH = { properties: {}, routing_key: 'q', payload: 'x', payload_encoding: 'string' };
const GET = { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' };
const POLICY = { pattern: 'a', definition: { 'max-length': 5 } };
const NOT_FOUND = { error: 'Object Not Found', reason: 'Not Found' };
const MISSING_IN_PUBLISH =
  '[{key_missing,routing_key},\n {key_missing,properties},\n {key_missing,payload},\n {key_missing,payload_encoding}]';
const GET_ONE = { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' };
const BAD_PUBLISH = { routing_key: 'k', payload: '***', payload_encoding: 'base64' };
const bad = (reason: unknown) => ({ error: 'bad_request', reason });
const invalid = (problem: string) => bad(`Validation failed\n\n${problem}\n`);
const ANY = Symbol('any');

/** Asked in this order of RabbitMQ 3.10.8; `/` stands for the virtual host. */
const ASKED: ReadonlyArray<readonly [method: string, path: string, body: unknown, status: number, answer?: unknown]> = [
  [
    'GET',
    'queues/mv?page=99',
    undefined,
    400,
    { error: 'page_out_of_range', reason: 'Page out of range, page: 99 page size: 100, len: 1' },
  ],
  ['GET', 'queues/mv?page=x', undefined, 400, bad('Pagination parameters are invalid')],
  [
    'GET',
    'queues/mv?page=1&page_size=1000',
    undefined,
    400,
    { error: 'invalid_pagination_parameters', reason: 'Invalid pagination parameters: page number 1, page size 1000' },
  ],
  ['GET', 'vhosts/mv/topic-permissions', undefined, 200, []],
  ['GET', 'exchanges/mv/nope/bindings/source', undefined, 200, []],
  ['GET', 'parameters', undefined, 200, []],
  ['GET', 'global-parameters', undefined, 200, []],
  ['GET', 'parameters/shovel', undefined, 200, []],
  ['GET', 'parameters/nope/mv/x', undefined, 404, NOT_FOUND],
  ['DELETE', 'parameters/nope/mv/x', undefined, 404, NOT_FOUND],
  ['PUT', 'parameters/nope/mv/x', { name: 'x' }, 400, bad('[{key_missing,value}]')],
  ['PUT', 'parameters/nope/none/x', { value: 1 }, 404, { error: 'not_found', reason: 'vhost_not_found' }],
  ['PUT', 'parameters/nope/mv/x', { value: { a: 1 } }, 400, invalid('component nope not found')],
  ['GET', 'health/checks/certificate-expiration/1/weeks', undefined, 200, { status: 'ok' }],
  ['GET', 'health/checks/protocol-listener/amqp', undefined, 200, { status: 'ok', protocol: 'amqp' }],
  [
    'GET',
    'health/checks/protocol-listener/mqtt',
    undefined,
    503,
    { status: 'failed', reason: 'No active listener', missing: 'mqtt', protocols: ['amqp', 'http'] },
  ],
  [
    'GET',
    'health/checks/node-is-mirror-sync-critical',
    undefined,
    200,
    { status: 'ok', reason: 'single node cluster' },
  ],
  [
    'POST',
    'exchanges/mv/amq.default/publish',
    { ...PUBLISH, properties: { user_id: 'other' } },
    400,
    bad("406 PRECONDITION_FAILED - user_id property set to 'other' but authenticated user was 'guest'"),
  ],
  [
    'POST',
    'exchanges/mv/amq.default/publish',
    { ...PUBLISH, properties: { delivery_mode: 'x' } },
    400,
    bad(['not_int', 'delivery_mode']),
  ],
  [
    'POST',
    'exchanges/mv/amq.default/publish',
    { ...PUBLISH, properties: { priority: '3' } },
    400,
    bad(['not_int', 'priority']),
  ],
  [
    'POST',
    'exchanges/mv/amq.default/publish',
    { ...PUBLISH, properties: { expiration: 5 } },
    400,
    bad(['not_string', 'expiration']),
  ],
  [
    'POST',
    'exchanges/mv/amq.default/publish',
    { ...PUBLISH, properties: { expiration: 'abc' } },
    400,
    bad("406 PRECONDITION_FAILED - invalid expiration 'abc': no_integer"),
  ],
  [
    'POST',
    'exchanges/mv/amq.default/publish',
    { ...PUBLISH, payload: '!!!', payload_encoding: 'base64' },
    400,
    bad(['not_base64', '!!!']),
  ],
  ['POST', 'exchanges/mv/amq.default/publish', { ...PUBLISH, payload: 5 }, 400, bad('payload_not_string')],
  ['POST', 'queues/mv/q/get', {}, 400, bad('[{key_missing,ackmode},{key_missing,count},{key_missing,encoding}]')],
  ['POST', 'queues/mv/q/get', { ...GET, encoding: 'x' }, 400, bad('Unsupported encoding. Please use auto or base64.')],
  ['POST', 'queues/mv/q/get', { ...GET, count: 'x' }, 400, bad(['not_integer', 'x'])],
  ['POST', 'exchanges/mv/amq.default/publish', PUBLISH, 200, { routed: true }],
  ['POST', 'exchanges/mv/amq.default/publish', PUBLISH, 200, { routed: true }],
  ['POST', 'queues/mv/q/get', { ...GET, count: -1 }, 200, [ANY, ANY]],
  ['POST', 'queues/mv/q/get', { ...GET, count: '1' }, 200, [ANY]],
  ['PUT', 'queues/mv/other', { node: 'rabbit@x' }, 400, bad('Node rabbit@x could not be contacted')],
  ['POST', 'queues/mv/nope/get', { ...GET_ONE, truncate: 'y' }, 400, bad(['not_integer', 'y'])],
  ['PUT', 'exchanges/mv/other', { type: null }, 400, bad("invalid exchange type 'null'")],
  ['GET', 'exchanges/mv/nope/bindings/destination', undefined, 200, []],
  ['POST', 'bindings/mv/e/amq.direct/e/amq.default', {}, 401, { error: 'not_authorised', reason: 'Access refused.' }],
  ['POST', 'exchanges/mv/amq.direct/publish', {}, 400, bad(MISSING_IN_PUBLISH)],
  [
    'POST',
    'exchanges/mv/amq.direct/publish',
    { ...BAD_PUBLISH, properties: { timestamp: 1.5 } },
    400,
    bad(['not_int', 'timestamp']),
  ],
  [
    'POST',
    'exchanges/mv/amq.direct/publish',
    { ...BAD_PUBLISH, properties: { user_id: null } },
    400,
    bad(['not_string', 'user_id']),
  ],
  ['POST', 'nonsense', {}, 405],
  ['POST', 'queues/mv/q/actions', { action: 'sync' }, 204],
  ['POST', 'queues/mv/q/actions', { action: 'nope' }, 400, bad(['unknown', 'nope'])],
  ['POST', 'queues/mv/nope/actions', {}, 400, bad('[{key_missing,action}]')],
  ['PUT', 'queues/mv/other', { durable: 'yes' }, 400, bad(['not_boolean', 'yes'])],
  ['PUT', 'exchanges/mv/direct', {}, 201],
  ['PUT', 'users/mu', { password: 'p', tags: '' }, 201],
  ['PUT', 'users/mu5', { password_hash: '!!', tags: '' }, 400, bad(['not_base64', '!!'])],
  [
    'PUT',
    'permissions/mv/mu',
    { configure: '(', write: '', read: '' },
    400,
    bad(['invalid_regexp', [40], [[109, 105, 115, 115, 105, 110, 103, 32, 41], 1]]),
  ],
  [
    'PUT',
    'topic-permissions/mv/mu',
    { exchange: 'e', write: '(', read: '' },
    400,
    bad(['invalid_regexp', '(', [[109, 105, 115, 115, 105, 110, 103, 32, 41], 1]]),
  ],
  ['PUT', 'user-limits/mu/nope', { value: 3 }, 400, bad('Unrecognised terms [{<<"nope">>,3}] in user-limits')],
  [
    'PUT',
    'user-limits/mu/max-channels',
    { value: 'x' },
    400,
    bad('max-channels should be a number, actually was <<"x">>'),
  ],
  ['PUT', 'vhost-limits/mv/nope', { value: 100 }, 400, invalid('Unrecognised terms [{<<"nope">>,100}] in limits')],
  [
    'PUT',
    'vhost-limits/mv/max-queues',
    { value: 'x' },
    400,
    invalid('max-queues should be a number, actually was <<"x">>'),
  ],
  ['POST', 'users/bulk-delete', { users: ['mu'] }, 204],
  ['GET', 'users/mu', undefined, 404, ANY],
  [
    'PUT',
    'policies/mv/p',
    { ...POLICY, pattern: '(' },
    400,
    invalid('pattern should be regular expression but is invalid: {"missing )",1}'),
  ],
  [
    'PUT',
    'policies/mv/p',
    { ...POLICY, definition: { nope: 5 } },
    400,
    invalid('[{&lt;&lt;"nope"&gt;&gt;,5}] are not recognised policy settings'),
  ],
  [
    'PUT',
    'policies/mv/p',
    { ...POLICY, definition: { 'max-length': 'x' } },
    400,
    invalid('&lt;&lt;"x"&gt;&gt; is not a valid maximum length'),
  ],
  [
    'PUT',
    'policies/mv/p',
    { ...POLICY, 'apply-to': 'x' },
    400,
    invalid("apply-to 'x' unrecognised; should be 'queues', 'exchanges' or 'all'"),
  ],
  [
    'PUT',
    'policies/mv/p',
    { ...POLICY, priority: 'x' },
    400,
    invalid('priority should be a number, actually was &lt;&lt;"x"&gt;&gt;'),
  ],
  [
    'PUT',
    'policies/mv/p',
    { pattern: '(', definition: { 'max-length': 'x' } },
    400,
    invalid(
      '&lt;&lt;"x"&gt;&gt; is not a valid maximum length\npattern should be regular expression but is invalid: {"missing )",1}',
    ),
  ],
  [
    'PUT',
    'operator-policies/mv/p',
    { ...POLICY, definition: { 'alternate-exchange': 'x' } },
    400,
    invalid('[{<<"alternate-exchange">>,<<"x">>}] are not recognised policy settings'),
  ],
  ['POST', 'definitions', { users: [{ name: 'du' }] }, 400, bad('tags_not_present')],
  [
    'POST',
    'definitions',
    { permissions: [{ user: 'nope', vhost: 'mv', configure: '', write: '', read: '' }] },
    400,
    bad(['no_such_user', 'nope']),
  ],
];

const world = new AmqpWorld({ vhosts: ['mv'] });
beforeAll(() => world.http('PUT', '/api/queues/mv/q', {}));

it.each(
  ASKED.map((asked) => ({
    asked,
    name: asked
      .slice(0, 4)
      .map((each) => JSON.stringify(each))
      .join(' '),
  })),
)('$name', async ({ asked }) => {
  const [method, path, body, status, answer] = asked;
  const got = await world.http(method, `/api/${path}`, body);
  expect(got.status).toBe(status);
  if (answer === undefined || answer === ANY) return;
  if (Array.isArray(answer) && answer[0] === ANY) expect(got.body).toHaveLength(answer.length);
  else expect(got.body).toEqual(answer);
});

it('names of bindings are quoted as RabbitMQ quotes them', async () => {
  await world.http('POST', '/api/bindings/mv/e/amq.topic/q/q', { routing_key: "a.*.#~ !'()" });
  const [binding] = (await world.http('GET', '/api/bindings/mv/e/amq.topic/q/q')).body;
  expect(binding.properties_key).toBe('a.%2A.%23%7E+%21%27%28%29');
});

it('a list is filtered by a pattern where that is asked for', async () => {
  const { body } = await world.http('GET', '/api/exchanges/mv?page=1&use_regex=true&name=%5Eamq%5C.d');
  expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['amq.direct']);
});
