/**
 * Definitions: everything but messages, as one document: /api/definitions.
 *
 * Applied in RabbitMQ's order: users, vhosts, permissions, exchanges, policies, parameters, queues, bindings. What
 * exists stays as it is, even when it differs; a binding whose ends are missing is left out, and so is what is called
 * `amq.`.
 */
import { erlangBinary, erlangFormat, type VirtualHost } from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { badRequest, ManagementError, noContent } from './answer.js';
import { allBindings } from './binding.js';
import { overChannel } from './direct-channel.js';
import { type Endpoint, get, postJson } from './endpoint.js';
import { tableFromJson, tableToJson } from './json-field.js';
import { single } from './listing.js';
import { globalParameters, parametersOf, storeParameter } from './parameter.js';
import { policiesOf, policyToJson, storePolicy } from './policy.js';
import { byName } from './queue.js';
import { booleanOf, type JsonObject, type ManagementRequest, objectOf } from './request.js';
import {
  checkUser,
  permissionsOf,
  storePermissions,
  storeTopicPermissions,
  storeUser,
  topicPermissionsOf,
  userToJson,
} from './user.js';

type JsonItem = Record<string, unknown>;

function exportAll(request: ManagementRequest): HttpResponse {
  const { broker } = request;
  const vhosts = [...broker.vhosts.values()];
  const users = [...broker.users.values()];
  const own = vhosts.map(exportVhost);
  const join = (key: keyof ReturnType<typeof exportVhost>) => own.flatMap((each) => each[key]);
  return single(request.query, {
    rabbit_version: broker.releaseName,
    rabbitmq_version: broker.releaseName,
    product_name: 'RabbitMQ',
    product_version: broker.releaseName,
    users: users.map(userToJson),
    vhosts: vhosts.map(({ name }) => ({ name })),
    permissions: users.flatMap(permissionsOf),
    topic_permissions: users.flatMap(topicPermissionsOf),
    parameters: join('parameters'),
    global_parameters: globalParameters(request),
    policies: join('policies'),
    queues: join('queues'),
    exchanges: join('exchanges'),
    bindings: join('bindings'),
  });
}

function exportOne(request: ManagementRequest): HttpResponse {
  const vhost = request.anyVhost;
  if (!vhost) throw badRequest('vhost_not_found');
  const own = exportVhost(vhost);
  const without = (items: readonly JsonItem[]) => items.map(({ vhost: _vhost, ...rest }) => rest);
  return single(request.query, {
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
    parameters: parametersOf(vhost),
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
  const document = request.document;
  const { broker } = request;
  for (const user of items(document, 'users')) storeUser(broker, String(user.name), user);
  for (const { name } of items(document, 'vhosts')) {
    if (broker.addVhost(String(name))) request.user.setPermissions(String(name), EVERYTHING);
  }
  const vhostOf = ({ vhost: name }: JsonObject): VirtualHost => {
    const vhost = broker.vhosts.get(String(name));
    if (!vhost) throw badRequest(['no_such_vhost', name]);
    return vhost;
  };
  const queues = new Map<VirtualHost, JsonObject[]>();
  for (const queue of items(document, 'queues')) {
    const vhost = vhostOf(queue);
    queues.set(vhost, [...(queues.get(vhost) ?? []), queue]);
  }
  for (const [vhost, own] of queues) checkQueueLimit(vhost, own);
  for (const permission of items(document, 'permissions')) {
    checkUser(broker, permission.user);
    storePermissions(broker, permission.user, vhostOf(permission).name, permission);
  }
  for (const permission of items(document, 'topic_permissions')) {
    checkUser(broker, permission.user);
    storeTopicPermissions(broker, permission.user, vhostOf(permission).name, permission);
  }
  for (const each of items(document, 'exchanges').filter(isForUsers)) {
    declareMissing(request, vhostOf(each), each, 'exchange');
  }
  for (const { name, value } of items(document, 'global_parameters')) broker.globalParameters.set(String(name), value);
  for (const each of items(document, 'policies')) importPolicy(vhostOf(each), each);
  for (const each of items(document, 'parameters')) importParameter(vhostOf(each), each);
  for (const [vhost, own] of queues) {
    for (const each of own.filter(isForUsers)) declareMissing(request, vhost, each, 'queue');
  }
  for (const each of items(document, 'bindings')) {
    bindIfPossible(request, broker.vhosts.get(String(each.vhost)), each);
  }
  return noContent();
}

function importOne(request: ManagementRequest): HttpResponse {
  const document = request.document;
  const vhost = request.changedVhost;
  const queues = items(document, 'queues').filter(isForUsers);
  checkQueueLimit(vhost, queues);
  for (const each of items(document, 'exchanges').filter(isForUsers)) declareMissing(request, vhost, each, 'exchange');
  quotingRefusals(() => {
    for (const each of items(document, 'parameters')) importParameter(vhost, each);
    for (const each of items(document, 'policies')) importPolicy(vhost, each);
  });
  for (const each of queues) declareMissing(request, vhost, each, 'queue');
  for (const each of items(document, 'bindings')) bindIfPossible(request, vhost, each);
  return noContent();
}

/** What is the server's own is left out. */
const isForUsers = ({ name }: JsonObject): boolean => name !== '' && !String(name).startsWith('amq.');

function checkQueueLimit(vhost: VirtualHost, queues: readonly JsonObject[]): void {
  const count = queues.filter(({ name }) => !vhost.queues.has(String(name))).length;
  const limit = vhost.limits.get('max-queues') ?? Infinity;
  if (count === 0 || vhost.queues.size + count <= limit) return;
  throw badRequest(
    `Adding ${count} queue(s) to virtual host "${vhost.name}" would exceed the limit of ${limit} queue(s).\n\n` +
      `This virtual host currently has ${vhost.queues.size} queue(s) defined.\n\nImport aborted!`,
  );
}

const EVERYTHING = { configure: '.*', write: '.*', read: '.*' };

function importPolicy(vhost: VirtualHost, policy: JsonObject): void {
  naming(`${vhost.name}/${policy.name}`, () => storePolicy(vhost, 'policy', String(policy.name), policy));
}

function importParameter(vhost: VirtualHost, { component, name, value }: JsonObject): void {
  naming(`${vhost.name}/${component}/${name}`, () => storeParameter(vhost, String(component), String(name), value));
}

/** Of one virtual host RabbitMQ tells what is wrong as Erlang writes a text. */
function quotingRefusals(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ManagementError)) throw error;
    const { reason } = error.body as { readonly reason: unknown };
    throw typeof reason === 'string' ? badRequest(erlangFormat`${erlangBinary(reason)}`) : error;
  }
}

/** Does what may be refused, and says then whose fault it was. */
function naming(what: string, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ManagementError)) throw error;
    const { reason } = error.body as { readonly reason: unknown };
    throw typeof reason === 'string' ? badRequest(`${reason} (${what})`) : error;
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

/** What cannot be bound is left out without a word. @throws ManagementError 400 for what is no binding */
function bindIfPossible(request: ManagementRequest, vhost: VirtualHost | undefined, item: JsonObject): void {
  const source = String(item.source);
  const destination = String(item.destination);
  const rest = { routingKey: String(item.routing_key ?? ''), arguments: tableFromJson(objectOf(item.arguments)) };
  const kind = item.destination_type;
  if (kind !== 'queue' && kind !== 'exchange') throw badRequest('function_clause');
  try {
    overChannel(request, vhost, (channel) => {
      if (kind === 'exchange') channel.exchangeBind({ source, destination, ...rest });
      else if (vhost?.queues.has(destination)) channel.queueBind({ queue: destination, exchange: source, ...rest });
    });
  } catch (error) {
    if (!(error instanceof ManagementError)) throw error;
  }
}

const ADMIN = 'administrator';

export const DEFINITION_ENDPOINTS: readonly Endpoint[] = [
  get('/api/definitions', exportAll, ADMIN),
  postJson('/api/definitions', importAll, ADMIN),
  get('/api/definitions/{vhost}', exportOne, ADMIN),
  postJson('/api/definitions/{vhost}', importOne, ADMIN),
];
