/**
 * Definitions as RabbitMQ's management plugin exports and imports them.
 *
 * @see https://www.rabbitmq.com/docs/definitions
 */
import { BrokerError } from '../../core/errors.js';
import { Binding } from './binding.js';
import type { AmqpBroker } from './broker.js';
import type { Exchange } from './exchange.js';
import { type FieldTable, type FieldValue, isTable, TypedField } from './field-table.js';
import type { Policy, PolicyTarget } from './policy.js';
import type { PolicyKind } from './policy-definition.js';
import type { Queue } from './queue.js';
import type { VirtualHost, VirtualHostLimit } from './virtual-host.js';

type Json = Readonly<Record<string, any>>;

/** A JSON value as a field value: whole numbers become `l`, others `d`. */
export function jsonToField(json: unknown): FieldValue {
  if (typeof json === 'number') return new TypedField(Number.isInteger(json) ? 'l' : 'd', json);
  if (typeof json === 'string' || typeof json === 'boolean') return json;
  if (json === null || json === undefined) throw invalid('null_not_allowed');
  return Array.isArray(json) ? json.map(jsonToField) : jsonToTable(json as Json);
}

export function jsonToTable(json: Json = {}): FieldTable {
  return new Map(Object.entries(json).map(([key, value]) => [key, jsonToField(value)]));
}

/** A field value as JSON; bytes become text. */
export function fieldToJson(value: FieldValue): unknown {
  if (value instanceof TypedField) {
    if (value.value instanceof Uint8Array) return Buffer.from(value.value).toString('utf8');
    return Number(value.value) / 10 ** value.scale;
  }
  if (Array.isArray(value)) return value.map(fieldToJson);
  return isTable(value) ? tableToJson(value) : value;
}

export function tableToJson(table: FieldTable): Json {
  return Object.fromEntries([...table].map(([key, value]) => [key, fieldToJson(value)]));
}

/** Everything that is declared, or what is in one virtual host. Exclusive queues and built-in exchanges are left out. */
export function exportDefinitions(broker: AmqpBroker, only?: VirtualHost): Json {
  const vhosts = only ? [only] : [...broker.vhosts.values()];
  const tagged = (vhost: VirtualHost, json: Json): Json => (only ? json : { vhost: vhost.name, ...json });
  const each = (list: (vhost: VirtualHost) => Json[]) =>
    vhosts.flatMap((vhost) => list(vhost).map((json) => tagged(vhost, json)));
  const lists = {
    parameters: each(exportParameters),
    policies: each((vhost) => [...vhost.policies.values()].map(exportPolicy)),
    queues: each((vhost) => [...vhost.queues.values()].filter((queue) => !queue.exclusiveOwner).map(exportQueue)),
    exchanges: each((vhost) => [...vhost.exchanges.values()].filter((x) => !isBuiltIn(x)).map(exportExchange)),
    bindings: each(exportBindings),
  };
  const version = {
    rabbit_version: broker.releaseName,
    rabbitmq_version: broker.releaseName,
    product_name: 'RabbitMQ',
  };
  return only ? { ...version, ...lists } : { ...version, ...exportUsers(broker), ...lists };
}

const isBuiltIn = ({ name }: Exchange): boolean => name === '' || name.startsWith('amq.');

function exportUsers(broker: AmqpBroker): Json {
  const users = [...broker.users.values()];
  return {
    users: users.map(({ name, password, tags, limits }) => ({
      name,
      ...(password.hash === undefined ? { password: password.plain ?? '' } : { password_hash: password.hash }),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags,
      limits: Object.fromEntries(limits),
    })),
    vhosts: [...broker.vhosts.keys()].map((name) => ({ name })),
    permissions: users.flatMap((user) =>
      [...user.permissions].map(([vhost, patterns]) => ({ user: user.name, vhost, ...patterns })),
    ),
    topic_permissions: users.flatMap((user) =>
      [...user.topicPermissions()].map(([vhost, exchange, { write, read }]) => ({
        user: user.name,
        vhost,
        exchange,
        write,
        read,
      })),
    ),
    global_parameters: [...broker.globalParameters].map(([name, value]) => ({ name, value })),
  };
}

function exportParameters(vhost: VirtualHost): Json[] {
  const operator = [...vhost.operatorPolicies.values()].map((policy) => {
    const { name, ...value } = exportPolicy(policy);
    return { component: 'operator_policy', name, value };
  });
  if (vhost.limits.size === 0) return operator;
  return [...operator, { component: 'vhost-limits', name: 'limits', value: Object.fromEntries(vhost.limits) }];
}

function exportPolicy({ name, pattern, applyTo, priority, definition }: Policy): Json {
  return { name, pattern, 'apply-to': applyTo, definition: tableToJson(definition), priority };
}

function exportQueue({ name, durable, autoDelete, arguments: args }: Queue): Json {
  return { name, durable, auto_delete: autoDelete, arguments: tableToJson(args) };
}

function exportExchange({ name, type, durable, autoDelete, internal, arguments: args }: Exchange): Json {
  return { name, type, durable, auto_delete: autoDelete, internal, arguments: tableToJson(args) };
}

function exportBindings(vhost: VirtualHost): Json[] {
  return [...vhost.exchanges.values()].flatMap((exchange) =>
    [...exchange.bindings.values()]
      .filter(({ destination }) => destination.kind === 'exchange' || !destination.exclusiveOwner)
      .map(({ source, destination, routingKey, arguments: args }) => ({
        source: source.name,
        destination: destination.name,
        destination_type: destination.kind,
        routing_key: routingKey,
        arguments: tableToJson(args),
      })),
  );
}

/**
 * Adds what a definitions file says. What exists is left as it is, even where it differs; bindings of what is missing
 * are skipped.
 *
 * @param only the virtual host that everything goes into, whatever the file says
 * @throws BrokerError INVALID_DEFINITIONS naming the element
 */
export function importDefinitions(broker: AmqpBroker, definitions: unknown, only?: VirtualHost): void {
  if (definitions === null || typeof definitions !== 'object' || Array.isArray(definitions)) {
    throw invalid('failed_to_parse_json');
  }
  const file = definitions as Json;
  if (!only) importUsers(broker, file);
  const vhostOf = ({ vhost = '/' }: Json): VirtualHost => {
    const found = only ?? broker.vhosts.get(vhost);
    if (!found) throw invalid(`there is no vhost '${vhost}'`);
    return found;
  };
  for (const each of list(file, 'parameters')) importParameter(vhostOf(each), each);
  for (const each of list(file, 'policies')) importPolicy(vhostOf(each), 'policy', each.name, each);
  for (const each of list(file, 'queues')) importQueue(vhostOf(each), each);
  for (const each of list(file, 'exchanges')) importExchange(vhostOf(each), each);
  for (const each of list(file, 'bindings')) importBinding(vhostOf(each), each);
}

function importUsers(broker: AmqpBroker, file: Json): void {
  for (const { name, password, password_hash: hash, tags, limits = {} } of list(file, 'users')) {
    broker.setUser(name, {
      ...(password !== undefined && { password }),
      ...(hash !== undefined && { hash }),
      ...(tags !== undefined && { tags }),
    });
    for (const [limit, value] of Object.entries(limits)) {
      broker.setUserLimit(name, limit as 'max-channels', value as number);
    }
  }
  for (const { name } of list(file, 'vhosts')) broker.addVhost(name);
  for (const { name, value } of list(file, 'global_parameters')) broker.globalParameters.set(name, value);
  for (const { user, vhost, configure, write, read } of list(file, 'permissions')) {
    broker.setPermissions(user, vhost, { configure, write, read });
  }
  for (const { user, vhost, exchange, write, read } of list(file, 'topic_permissions')) {
    broker.setTopicPermissions(user, vhost, { exchange, write, read });
  }
}

function importParameter(vhost: VirtualHost, { component, name, value }: Json): void {
  if (component === 'operator_policy') importPolicy(vhost, 'operator-policy', name, value);
  if (component !== 'vhost-limits') return;
  for (const [limit, count] of Object.entries(value)) vhost.setLimit(limit as VirtualHostLimit, count as number);
}

function importPolicy(vhost: VirtualHost, kind: PolicyKind, name: string, json: Json): void {
  const { pattern, priority = 0, definition } = json;
  const applyTo = (json['apply-to'] ?? 'all') as PolicyTarget;
  vhost.setPolicy(kind, { name, pattern, applyTo, priority, definition: jsonToTable(definition) });
}

function importQueue(vhost: VirtualHost, json: Json): void {
  const { name, durable = true, auto_delete: autoDelete = false, arguments: args } = json;
  if (typeof name !== 'string') throw invalid(`a queue has no name: ${JSON.stringify(json)}`);
  if (vhost.queues.has(name)) return;
  vhost.addQueue({ name, durable, autoDelete, exclusiveOwner: undefined, arguments: jsonToTable(args) });
}

function importExchange(vhost: VirtualHost, json: Json): void {
  const { name, type = 'direct', durable = true, auto_delete: autoDelete = false, internal = false } = json;
  if (!vhost.broker.exchangeTypes.has(type)) throw invalid(`exchange '${name}' has the unknown type '${type}'`);
  if (vhost.exchanges.has(name)) return;
  vhost.addExchange({ name, type, durable, autoDelete, internal, arguments: jsonToTable(json.arguments) });
}

function importBinding(vhost: VirtualHost, json: Json): void {
  const { source, destination, destination_type: kind, routing_key: routingKey = '', arguments: args } = json;
  const from = vhost.exchanges.get(source);
  const to = (kind === 'exchange' ? vhost.exchanges : vhost.queues).get(destination);
  if (!from || !to || source === '') return;
  const table = jsonToTable(args);
  vhost.typeOf(from).validateBinding?.(routingKey, table);
  vhost.addBinding(new Binding(from, to, routingKey, table));
}

function list(file: Json, key: string): Json[] {
  const value = file[key] ?? [];
  if (!Array.isArray(value)) throw invalid(`${key} is no list`);
  return value;
}

const invalid = (problem: string): BrokerError => new BrokerError('INVALID_DEFINITIONS', problem);
