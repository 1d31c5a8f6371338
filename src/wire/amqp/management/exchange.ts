/** Exchanges: /api/exchanges. */
import {
  type AmqpChannel,
  type BasicProperties,
  type Exchange,
  PROPERTY_NAMES,
  type VirtualHost,
} from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { badRequest, found, isBase64, json, noContent, stored } from './answer.js';
import { bindingsFrom, bindingsTo, exchangeName } from './binding.js';
import { type DirectResults, overChannel } from './direct-channel.js';
import { type Endpoint, get, post, put, remove } from './endpoint.js';
import { tableFromJson, tableToJson } from './json-field.js';
import { list, pages, single } from './listing.js';
import { exchangeMessageStats, type RateMeter } from './message-stats.js';
import { byName, snakeCase } from './queue.js';
import { booleanOf, type JsonObject, type ManagementRequest, objectOf } from './request.js';

function exchangeToJson(exchange: Exchange, vhost: VirtualHost, rates: RateMeter): Record<string, unknown> {
  return {
    arguments: tableToJson(exchange.arguments),
    auto_delete: exchange.autoDelete,
    durable: exchange.durable,
    internal: exchange.internal,
    ...exchangeMessageStats(rates, exchange),
    name: exchange.name,
    ...(exchange.policy && { policy: exchange.policy.name }),
    type: exchange.type,
    user_who_performed_action: 'guest',
    vhost: vhost.name,
  };
}

function exchangesOf(request: ManagementRequest): HttpResponse {
  const items = request.vhosts.flatMap((vhost) =>
    [...vhost.exchanges.values()].sort(byName).map((exchange) => exchangeToJson(exchange, vhost, request.rates)),
  );
  return pages(request.query, items);
}

function exchangeOf(request: ManagementRequest): Exchange {
  return found(request.vhost.exchanges.get(exchangeName(request.path('exchange'))));
}

function details(request: ManagementRequest): HttpResponse {
  const item = { ...exchangeToJson(exchangeOf(request), request.vhost, request.rates), incoming: [], outgoing: [] };
  return single(request.query, item);
}

function declare(request: ManagementRequest): HttpResponse {
  const vhost = request.changedVhost;
  const { type = 'direct', ...body } = request.body;
  if (typeof type !== 'string') throw badRequest(`invalid exchange type '${type}'`);
  const name = request.path('exchange');
  const isNew = !vhost.exchanges.has(name);
  overChannel(request, vhost, (channel) =>
    channel.exchangeDeclare({
      exchange: exchangeName(name),
      type,
      durable: booleanOf(body.durable),
      autoDelete: booleanOf(body.auto_delete),
      internal: booleanOf(body.internal),
      arguments: tableFromJson(objectOf(body.arguments)),
    }),
  );
  return stored(isNew);
}

function drop(request: ManagementRequest): HttpResponse {
  const { name } = exchangeOf(request);
  request.checkBody();
  overChannel(request, request.vhost, (channel) =>
    channel.exchangeDelete({ exchange: name, ifUnused: request.flag('if-unused') }),
  );
  return noContent();
}

function publish(request: ManagementRequest): HttpResponse {
  const vhost = request.anyVhost;
  const body = request.bodyWith('routing_key', 'properties', 'payload', 'payload_encoding');
  const exchange = exchangeName(request.path('exchange'));
  if (typeof body.payload !== 'string') throw badRequest('payload_not_string');
  const routingKey = body.routing_key;
  if (typeof routingKey !== 'string') throw badRequest('routing_key_not_string');
  const properties = propertiesFromJson(objectOf(body.properties));
  const payload = decodePayload(body.payload, body.payload_encoding);
  const send = (channel: AmqpChannel, results: DirectResults): boolean => {
    channel.publish(exchange, routingKey, properties, payload, { mandatory: true });
    return results.returnedCount === 0;
  };
  const routed = overChannel(request, vhost, send, ({ replyCode, replyText }) =>
    badRequest(`${replyCode} ${replyText}`),
  );
  return json({ routed });
}

function decodePayload(payload: string, encoding: unknown): Uint8Array {
  if (encoding === 'string') return Buffer.from(payload, 'utf8');
  if (encoding === 'base64' && !isBase64(payload)) throw badRequest(['not_base64', payload]);
  if (encoding === 'base64') return Buffer.from(payload, 'base64');
  throw badRequest(['unsupported_encoding', encoding]);
}

const NUMERIC = new Set<keyof BasicProperties>(['deliveryMode', 'priority', 'timestamp']);

function propertiesFromJson(given: JsonObject): BasicProperties {
  const properties: Record<string, unknown> = {};
  for (const name of PROPERTY_NAMES) {
    const value = given[snakeCase(name)];
    if (value === undefined) continue;
    if (name === 'headers') properties[name] = tableFromJson(objectOf(value));
    else {
      if (NUMERIC.has(name) && !Number.isInteger(value)) throw badRequest(['not_int', snakeCase(name)]);
      if (!NUMERIC.has(name) && typeof value !== 'string') throw badRequest(['not_string', snakeCase(name)]);
      properties[name] = value;
    }
  }
  return properties;
}

function bindingsOf(request: ManagementRequest, find: typeof bindingsFrom): HttpResponse {
  const vhost = request.anyVhost;
  return list(request.query, vhost ? find(vhost, exchangeName(request.path('exchange'))) : []);
}

export const EXCHANGE_ENDPOINTS: readonly Endpoint[] = [
  get('/api/exchanges', exchangesOf),
  get('/api/exchanges/{vhost}', exchangesOf),
  get('/api/exchanges/{vhost}/{exchange}', details),
  put('/api/exchanges/{vhost}/{exchange}', declare),
  remove('/api/exchanges/{vhost}/{exchange}', drop),
  post('/api/exchanges/{vhost}/{exchange}/publish', publish),
  get('/api/exchanges/{vhost}/{exchange}/bindings/source', (request) => bindingsOf(request, bindingsFrom)),
  get('/api/exchanges/{vhost}/{exchange}/bindings/destination', (request) =>
    bindingsOf(request, (vhost, exchange) => bindingsTo(vhost, 'exchange', exchange)),
  ),
];
