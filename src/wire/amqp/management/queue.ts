/** Queues: /api/queues. */
import {
  type AmqpChannel,
  type Envelope,
  type GetOk,
  PROPERTY_NAMES,
  type Queue,
  type VirtualHost,
} from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { badRequest, found, json, noContent, notAuthorised, stored } from './answer.js';
import { bindingsTo } from './binding.js';
import { connectionDetails, consumerToJson } from './channel.js';
import { overChannel, refusalInFull } from './direct-channel.js';
import { type Endpoint, get, post, put, remove } from './endpoint.js';
import { fieldToJson, tableFromJson, tableToJson, utf8 } from './json-field.js';
import { list, pages, single } from './listing.js';
import { queueMessageStats, type RateMeter, totals } from './message-stats.js';
import { NODE_NAME } from './node.js';
import { booleanOf, type ManagementRequest, objectOf } from './request.js';

type JsonItem = Record<string, unknown>;

function queueToJson(
  queue: Queue,
  { vhost, rates }: { readonly vhost: VirtualHost; readonly rates: RateMeter },
  unacked: readonly Envelope[] = [],
): JsonItem {
  const { exclusiveOwner } = queue;
  return {
    arguments: tableToJson(queue.arguments),
    auto_delete: queue.autoDelete,
    consumers: queue.type === 'quorum' ? queue.consumerCount : queue.consumers.size,
    durable: queue.durable,
    effective_policy_definition: effectiveDefinition(queue),
    exclusive: exclusiveOwner !== undefined,
    memory: 0,
    ...rates.rated(queue, totals([queue])),
    ...queueMessageStats(rates, queue.counts),
    name: queue.name,
    node: NODE_NAME,
    operator_policy: queue.operatorPolicy?.name ?? null,
    ...(exclusiveOwner && { owner_pid_details: connectionDetails(exclusiveOwner) }),
    policy: queue.policy?.name ?? null,
    state: 'running',
    type: queue.type,
    ...(queue.type !== 'stream' && consumptionOf(queue, unacked)),
    ...(queue.type === 'quorum' && { leader: NODE_NAME }),
    ...(queue.type !== 'classic' && { members: [NODE_NAME], online: [NODE_NAME] }),
    vhost: vhost.name,
  };
}

/** What a queue knows of its consumers and of what they have; a stream knows neither. */
function consumptionOf(queue: Queue, unacked: readonly Envelope[]): JsonItem {
  const consumers = [...queue.consumers.values()];
  const capacity = consumers.some((consumer) => consumer.able) ? 1 : 0;
  const unackedBytes = bytesOut(queue, unacked);
  const active = queue.singleActiveConsumer ? (queue.consumers.active?.tag ?? null) : null;
  return {
    consumer_capacity: capacity,
    consumer_utilisation: capacity,
    ...(queue.type === 'classic'
      ? {
          exclusive_consumer_tag: consumers.find((consumer) => consumer.exclusive)?.tag ?? null,
          single_active_consumer_tag: active,
        }
      : { single_active_consumer_ctag: active }),
    message_bytes: queue.readyBytes + unackedBytes,
    message_bytes_ready: queue.readyBytes,
    message_bytes_unacknowledged: unackedBytes,
  };
}

/** Bodies of what a queue has handed out. */
function bytesOut(queue: Queue, unacked: readonly Envelope[]): number {
  return unacked.reduce((bytes, each) => (queue.isOut(each) ? bytes + each.body.length : bytes), 0);
}

/** What a queue's policy says, and where the operator's says something, the lesser of both. */
function effectiveDefinition({ policy, operatorPolicy }: Queue): JsonItem {
  const own = policy ? tableToJson(policy.definition) : {};
  if (!operatorPolicy) return own;
  for (const [key, value] of Object.entries(tableToJson(operatorPolicy.definition))) {
    const had = own[key];
    own[key] = typeof had === 'number' && typeof value === 'number' ? Math.min(had, value) : value;
  }
  return own;
}

/** All queues of the vhosts that a request is about, by name. */
function queuesOf(request: ManagementRequest): JsonItem[] {
  const { rates } = request;
  const unacked = request.broker.unacked();
  return request.vhosts.flatMap((vhost) =>
    [...vhost.queues.values()].sort(byName).map((queue) => queueToJson(queue, { vhost, rates }, unacked.get(queue))),
  );
}

export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function queueOf(request: ManagementRequest): Queue {
  return found(request.vhost.queues.get(request.path('queue')));
}

function details(request: ManagementRequest): HttpResponse {
  const queue = queueOf(request);
  const consumers = [...queue.consumers.values()].map((each) => consumerToJson(each, request.vhost));
  const item = {
    ...queueToJson(queue, request, request.broker.unacked().get(queue)),
    consumer_details: consumers,
    deliveries: [],
    incoming: [],
  };
  return single(request.query, item);
}

function declare(request: ManagementRequest): HttpResponse {
  const vhost = request.changedVhost;
  const { body } = request;
  if (body.node !== undefined && body.node !== NODE_NAME) throw badRequest(`Node ${body.node} could not be contacted`);
  const name = request.path('queue');
  const isNew = !vhost.queues.has(name);
  overChannel(request, vhost, (channel) =>
    channel.queueDeclare({
      queue: name,
      durable: booleanOf(body.durable),
      autoDelete: booleanOf(body.auto_delete),
      arguments: tableFromJson(objectOf(body.arguments)),
    }),
  );
  return stored(isNew);
}

function drop(request: ManagementRequest): HttpResponse {
  const queue = queueOf(request);
  request.checkBody();
  overChannel(request, request.vhost, (channel) =>
    channel.queueDelete({ queue: queue.name, ifUnused: request.flag('if-unused'), ifEmpty: request.flag('if-empty') }),
  );
  return noContent();
}

function purge(request: ManagementRequest): HttpResponse {
  const queue = queueOf(request);
  overChannel(request, request.vhost, (channel) => channel.queuePurge(queue.name));
  return noContent();
}

const ACK_MODES = ['ack_requeue_true', 'ack_requeue_false', 'reject_requeue_true', 'reject_requeue_false'] as const;
type AckMode = (typeof ACK_MODES)[number];

function getMessages(request: ManagementRequest): HttpResponse {
  const vhost = request.anyVhost;
  const body = request.bodyWith('ackmode', 'count', 'encoding');
  if (!vhost) throw notAuthorised('Access refused.');
  const mode = ACK_MODES.find((each) => each === body.ackmode);
  if (!mode) throw badRequest(['unsupported_ackmode', body.ackmode]);
  const count = integerIn(body.count);
  if (body.encoding !== 'auto' && body.encoding !== 'base64') {
    throw badRequest('Unsupported encoding. Please use auto or base64.');
  }
  const truncate = body.truncate === undefined ? undefined : integerIn(body.truncate);
  const name = request.path('queue');
  const taken = overChannel(request, vhost, (channel) => take(channel, name, count, mode), refusalInFull);
  return json(taken.map((got) => messageToJson(got, body.encoding === 'base64', truncate)));
}

/** A whole number, as text too. @throws ManagementError 400 */
function integerIn(value: unknown): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) throw badRequest(['not_integer', value]);
  return number;
}

/** @param count how many at most, below zero all of them */
function take(channel: AmqpChannel, queue: string, count: number, mode: AckMode): GetOk[] {
  const taken: GetOk[] = [];
  while (taken.length !== count) {
    const got = channel.get(queue, mode === 'ack_requeue_false');
    if (!got) break;
    taken.push(got);
  }
  if (mode === 'ack_requeue_false') return taken;
  for (const { delivery } of taken) channel.reject(delivery.deliveryTag, mode !== 'reject_requeue_false');
  return taken;
}

function messageToJson({ delivery, messageCount }: GetOk, base64: boolean, truncate: number | undefined): JsonItem {
  const { body } = delivery;
  const shown = Buffer.from(truncate === undefined ? body : body.subarray(0, truncate));
  const text = base64 ? undefined : utf8(shown);
  const properties: JsonItem = {};
  for (const name of PROPERTY_NAMES) {
    const value = delivery.properties[name];
    if (value !== undefined) properties[snakeCase(name)] = propertyToJson(value);
  }
  return {
    payload_bytes: body.length,
    redelivered: delivery.redelivered,
    exchange: delivery.exchange,
    routing_key: delivery.routingKey,
    message_count: messageCount,
    // RabbitMQ writes no properties as a list.
    properties: Object.keys(properties).length === 0 ? [] : properties,
    payload: text ?? shown.toString('base64'),
    payload_encoding: text === undefined ? 'base64' : 'string',
  };
}

function propertyToJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Map ? fieldToJson(value) : value;
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function bindings(request: ManagementRequest): HttpResponse {
  const vhost = request.anyVhost;
  return list(request.query, vhost ? bindingsTo(vhost, 'queue', request.path('queue')) : []);
}

function consumers(request: ManagementRequest): HttpResponse {
  const items = request.visibleVhosts.flatMap((vhost) =>
    [...vhost.queues.values()].flatMap((queue) =>
      [...queue.consumers.values()].map((consumer) => consumerToJson(consumer, vhost)),
    ),
  );
  return list(request.query, items);
}

export const QUEUE_ENDPOINTS: readonly Endpoint[] = [
  get('/api/queues', (request) => pages(request.query, queuesOf(request))),
  get('/api/queues/{vhost}', (request) => pages(request.query, queuesOf(request))),
  get('/api/queues/{vhost}/{queue}', details),
  put('/api/queues/{vhost}/{queue}', declare),
  remove('/api/queues/{vhost}/{queue}', drop),
  remove('/api/queues/{vhost}/{queue}/contents', purge),
  post('/api/queues/{vhost}/{queue}/get', getMessages),
  // Mirrors are synchronised at once.
  post(
    '/api/queues/{vhost}/{queue}/actions',
    (request) => {
      const { action } = request.bodyWith('action');
      queueOf(request);
      if (action !== 'sync' && action !== 'cancel_sync') throw badRequest(['unknown', action]);
      return noContent();
    },
    'administrator',
  ),
  // One node has all the leaders.
  post('/api/rebalance/queues', noContent, 'administrator'),
  get('/api/queues/{vhost}/{queue}/bindings', bindings),
  get('/api/consumers', consumers),
  get('/api/consumers/{vhost}', consumers),
];
