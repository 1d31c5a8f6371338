/**
 * Definitions: everything but messages, as one document: /api/definitions.
 *
 * Applied in RabbitMQ's order: users, vhosts, permissions, parameters, policies, queues, exchanges, bindings. What
 * exists stays as it is, even when it differs; a binding whose ends are missing is left out.
 */
import { type AmqpChannel, AmqpError, type VirtualHost, type VirtualHostLimit } from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { badRequest, found, json, ManagementError, noContent } from './answer.js';
import { allBindings } from './binding.js';
import { overChannel } from './direct-channel.js';
import { type Endpoint, get, post, put, remove } from './endpoint.js';
import { tableFromJson, tableToJson } from './json-field.js';
import { list } from './listing.js';
import { policiesOf, policyToJson, storePolicy } from './policy.js';
import { byName } from './queue.js';
import { booleanOf, type JsonObject, type ManagementRequest, objectOf } from './request.js';
import { permissionsOf, storeUser, topicPermissionsOf, userToJson } from './user.js';

type JsonItem = Record<string, unknown>;

function exportAll(request: ManagementRequest): HttpResponse {
  const { broker } = request;
  const vhosts = [...broker.vhosts.values()];
  const users = [...broker.users.values()];
  const own = vhosts.map(exportVhost);
  const join = (key: keyof ReturnType<typeof exportVhost>) => own.flatMap((each) => each[key]);
  return json({
    rabbit_version: broker.releaseName,
    rabbitmq_version: broker.releaseName,
    product_name: 'RabbitMQ',
    product_version: broker.releaseName,
    users: users.map(userToJson),
    vhosts: vhosts.map(({ name }) => ({ name })),
    permissions: users.flatMap(permissionsOf),
    topic_permissions: users.flatMap(topicPermissionsOf),
    parameters: join('parameters'),
    global_parameters: [],
    policies: join('policies'),
    queues: join('queues'),
    exchanges: join('exchanges'),
    bindings: join('bindings'),
  });
}

function exportOne(request: ManagementRequest): HttpResponse {
  const own = exportVhost(request.vhost);
  const without = (items: readonly JsonItem[]) => items.map(({ vhost: _vhost, ...rest }) => rest);
  return json({
    rabbit_version: request.broker.releaseName,
    parameters: own.parameters,
    policies: own.policies,
    queues: without(own.queues),
    exchanges: without(own.exchanges),
    bindings: without(own.bindings),
  });
}

function exportVhost(vhost: VirtualHost) {
  const queues = [...vhost.queues.values()].filter((queue) => queue.exclusiveOwner === undefined).sort(byName);
  const exchanges = [...vhost.exchanges.values()].filter(({ name }) => name !== '' && !name.startsWith('amq.'));
  const kept = new Set(queues.map(({ name }) => name));
  return {
    parameters: exportParameters(vhost),
    policies: [...policiesOf(vhost, 'policy').values()].map((policy) => policyToJson(policy, vhost)),
    queues: queues.map((queue) => ({
      name: queue.name,
      vhost: vhost.name,
      durable: queue.durable,
      auto_delete: queue.autoDelete,
      arguments: tableToJson(queue.arguments),
    })),
    exchanges: exchanges.sort(byName).map((exchange) => ({
      name: exchange.name,
      vhost: vhost.name,
      type: exchange.type,
      durable: exchange.durable,
      auto_delete: exchange.autoDelete,
      internal: exchange.internal,
      arguments: tableToJson(exchange.arguments),
    })),
    bindings: allBindings(vhost)
      .filter((item) => item.source !== '' && (item.destination_type !== 'queue' || kept.has(item.destination)))
      .map(({ properties_key: _key, ...item }) => item),
  } satisfies Record<string, JsonItem[]>;
}

function exportParameters(vhost: VirtualHost): JsonItem[] {
  const limits: JsonItem[] = [
    { value: Object.fromEntries(vhost.limits), vhost: vhost.name, component: 'vhost-limits', name: 'limits' },
  ];
  const policies = [...policiesOf(vhost, 'operator-policy').values()].map((policy) => {
    const { vhost: name, name: policyName, ...value } = policyToJson(policy, vhost);
    return { value, vhost: name, component: 'operator_policy', name: policyName };
  });
  return [...(vhost.limits.size > 0 ? limits : []), ...policies];
}

/** Parameters of the components in the path, or of all. */
function parameters(request: ManagementRequest): HttpResponse {
  const component = request.optional('component');
  const all = request.vhosts.flatMap(exportParameters);
  return list(
    request.query,
    all.filter((each) => component === undefined || each.component === component),
  );
}

function parameter(request: ManagementRequest): Record<string, unknown> {
  const isMeant = (each: Record<string, unknown>) =>
    each.component === request.path('component') && each.name === request.path('name');
  return found(exportParameters(request.vhost).find(isMeant));
}

/** Those of plug-ins, of which there are none; limits and policies have paths of their own. */
function setParameter(request: ManagementRequest): HttpResponse {
  request.bodyWith('value');
  request.changedVhost;
  throw badRequest(`Validation failed\n\ncomponent ${request.path('component')} not found\n`);
}

function clearParameter(request: ManagementRequest): HttpResponse {
  throw badRequest(`${parameter(request).component} has a path of its own to be cleared`);
}

/** A list of the document. @throws ManagementError 400 naming what is no object */
function items(document: JsonObject, key: string): JsonObject[] {
  const value = document[key] ?? [];
  if (!Array.isArray(value)) throw badRequest(`'${key}' is no list`);
  return value.map((item) => {
    if (item === null || typeof item !== 'object') throw badRequest(`an element of '${key}' is no object`);
    return item as JsonObject;
  });
}

function importAll(request: ManagementRequest): HttpResponse {
  const document = request.body;
  const { broker } = request;
  for (const user of items(document, 'users')) storeUser(broker, String(user.name), user);
  for (const vhost of items(document, 'vhosts')) broker.addVhost(String(vhost.name));
  for (const { user, vhost, configure, write, read } of items(document, 'permissions')) {
    if (!broker.users.has(String(user))) throw badRequest(['no_such_user', user]);
    if (!broker.vhosts.has(String(vhost))) throw badRequest(['no_such_vhost', vhost]);
    const patterns = { configure: String(configure), write: String(write), read: String(read) };
    broker.setPermissions(String(user), String(vhost), patterns);
  }
  for (const { user, vhost, exchange, write, read } of items(document, 'topic_permissions')) {
    const patterns = { exchange: String(exchange), write: String(write), read: String(read) };
    broker.setTopicPermissions(String(user), String(vhost), patterns);
  }
  importInto(request, document, (item) => {
    const vhost = broker.vhosts.get(String(item.vhost));
    if (!vhost) throw badRequest(['no_such_vhost', item.vhost]);
    return vhost;
  });
  return noContent();
}

function importOne(request: ManagementRequest): HttpResponse {
  const vhost = request.changedVhost;
  importInto(request, request.body, () => vhost);
  return noContent();
}

function importInto(
  request: ManagementRequest,
  document: JsonObject,
  vhostOf: (item: JsonObject) => VirtualHost,
): void {
  for (const parameter of items(document, 'parameters')) importParameter(vhostOf(parameter), parameter);
  for (const policy of items(document, 'policies')) storePolicy(vhostOf(policy), 'policy', String(policy.name), policy);
  for (const queue of items(document, 'queues')) declareMissing(request, vhostOf(queue), queue, 'queue');
  for (const exchange of items(document, 'exchanges')) declareMissing(request, vhostOf(exchange), exchange, 'exchange');
  for (const binding of items(document, 'bindings')) bindIfPossible(request, vhostOf(binding), binding);
}

function importParameter(vhost: VirtualHost, { component, name, value }: JsonObject): void {
  if (component === 'operator_policy') storePolicy(vhost, 'operator-policy', String(name), objectOf(value));
  if (component !== 'vhost-limits') return;
  for (const [limit, most] of Object.entries(objectOf(value))) {
    if (limit === 'max-queues' || limit === 'max-connections') vhost.setLimit(limit as VirtualHostLimit, Number(most));
  }
}

function declareMissing(
  request: ManagementRequest,
  vhost: VirtualHost,
  item: JsonObject,
  kind: 'queue' | 'exchange',
): void {
  const name = String(item.name);
  if (kind === 'queue' ? vhost.queues.has(name) : vhost.exchanges.has(name)) return;
  const properties = {
    durable: booleanOf(item.durable),
    autoDelete: booleanOf(item.auto_delete),
    arguments: tableFromJson(objectOf(item.arguments)),
  };
  overChannel(request, vhost, (channel) => {
    if (kind === 'queue') channel.queueDeclare({ queue: name, ...properties });
    else {
      const internal = booleanOf(item.internal);
      channel.exchangeDeclare({ exchange: name, type: String(item.type), internal, ...properties });
    }
  });
}

function bindIfPossible(request: ManagementRequest, vhost: VirtualHost, item: JsonObject): void {
  try {
    overChannel(request, vhost, (channel) => bind(channel, item));
  } catch (error) {
    if (!(error instanceof ManagementError && error.status === 404)) throw error;
  }
}

function bind(channel: AmqpChannel, item: JsonObject): void {
  const source = String(item.source);
  const destination = String(item.destination);
  const rest = { routingKey: String(item.routing_key ?? ''), arguments: tableFromJson(objectOf(item.arguments)) };
  if (item.destination_type === 'exchange') channel.exchangeBind({ source, destination, ...rest });
  else if (channel.connection.vhost.queues.has(destination)) {
    channel.queueBind({ queue: destination, exchange: source, ...rest });
  } else throw new AmqpError('NOT_FOUND', `no queue '${destination}'`);
}

const ADMIN = 'administrator';

export const DEFINITION_ENDPOINTS: readonly Endpoint[] = [
  get('/api/definitions', exportAll, ADMIN),
  post('/api/definitions', importAll, ADMIN),
  get('/api/definitions/{vhost}', exportOne, ADMIN),
  post('/api/definitions/{vhost}', importOne, ADMIN),
  get('/api/parameters', parameters, 'policymaker'),
  get('/api/parameters/{component}', parameters, 'policymaker'),
  get('/api/parameters/{component}/{vhost}', parameters, 'policymaker'),
  get('/api/parameters/{component}/{vhost}/{name}', (request) => json(parameter(request)), 'policymaker'),
  put('/api/parameters/{component}/{vhost}/{name}', setParameter, 'policymaker'),
  remove('/api/parameters/{component}/{vhost}/{name}', clearParameter, 'policymaker'),
  get('/api/global-parameters', ({ query }) => list(query, []), 'policymaker'),
];
