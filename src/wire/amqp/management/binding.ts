/** Bindings: /api/bindings. */
import {
  type AmqpChannel,
  type Binding,
  erlangHash,
  termOfTable,
  type VirtualHost,
} from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { found, noContent } from './answer.js';
import { overChannel } from './direct-channel.js';
import { type Endpoint, get, post, remove } from './endpoint.js';
import { tableFromJson, tableToJson } from './json-field.js';
import { list, single } from './listing.js';
import { type ManagementRequest, objectOf } from './request.js';

type Kind = 'queue' | 'exchange';

export interface BindingItem extends Record<string, unknown> {
  readonly source: string;
  readonly vhost: string;
  readonly destination: string;
  readonly destination_type: Kind;
  readonly routing_key: string;
  readonly arguments: unknown;
  readonly properties_key: string;
}

/** The management API's name of the default exchange. */
const DEFAULT_EXCHANGE = 'amq.default';

/** An exchange's name in a path. */
export function exchangeName(inPath: string): string {
  return inPath === DEFAULT_EXCHANGE ? '' : inPath;
}

/** As in a URL, but for fewer characters that stay as they are. */
function quoted(text: string): string {
  const percent = (char: string) => `%${(char.codePointAt(0) as number).toString(16).toUpperCase()}`;
  return encodeURIComponent(text)
    .replace(/%20/g, '+')
    .replace(/[~!'()*]/g, percent);
}

/** A name for a binding within its ends: its key, and a hash of its arguments when it has any. */
function propertiesKey(routingKey: string, args: Binding['arguments']): string {
  const key = routingKey === '' ? '~' : quoted(routingKey);
  if (args.size === 0) return key;
  const hash = Buffer.alloc(4);
  hash.writeUInt32BE(erlangHash(termOfTable(args)));
  return `${routingKey === '' ? '' : key}~${hash.toString('base64url')}`;
}

function bindingToJson(binding: Binding, vhost: VirtualHost): BindingItem {
  const { source, destination, routingKey } = binding;
  return {
    source: source.name,
    vhost: vhost.name,
    destination: destination.name,
    destination_type: destination.kind,
    routing_key: routingKey,
    arguments: tableToJson(binding.arguments),
    properties_key: propertiesKey(routingKey, binding.arguments),
  };
}

function defaultBinding(queue: string, vhost: VirtualHost): BindingItem {
  return {
    source: '',
    vhost: vhost.name,
    destination: queue,
    destination_type: 'queue',
    routing_key: queue,
    arguments: {},
    properties_key: propertiesKey(queue, new Map()),
  };
}

function inOrder(bindings: readonly BindingItem[]): BindingItem[] {
  const key = (item: BindingItem) => `${item.source}\0${item.destination}\0${item.routing_key}`;
  return [...bindings].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Every binding of a vhost; those of the default exchange first. */
export function allBindings(vhost: VirtualHost): BindingItem[] {
  const implicit = [...vhost.queues.keys()].sort().map((queue) => defaultBinding(queue, vhost));
  const explicit = [...vhost.exchanges.values()].flatMap((exchange) =>
    [...exchange.bindings.values()].map((binding) => bindingToJson(binding, vhost)),
  );
  return [...implicit, ...inOrder(explicit)];
}

/** Bindings that lead to one destination. */
export function bindingsTo(vhost: VirtualHost, kind: Kind, name: string): BindingItem[] {
  const target = kind === 'queue' ? vhost.queues.get(name) : vhost.exchanges.get(name);
  const explicit = [...(target?.incoming ?? [])].map((binding) => bindingToJson(binding, vhost));
  return [...(kind === 'queue' ? [defaultBinding(name, vhost)] : []), ...inOrder(explicit)];
}

/** Bindings that start at one exchange. */
export function bindingsFrom(vhost: VirtualHost, source: string): BindingItem[] {
  return allBindings(vhost).filter((item) => item.source === source);
}

const KINDS: Readonly<Record<string, Kind>> = { q: 'queue', e: 'exchange' };

function between(request: ManagementRequest): BindingItem[] {
  const vhost = request.anyVhost;
  const source = exchangeName(request.path('source'));
  const kind = found(KINDS[request.path('kind')]);
  if (!vhost) return [];
  return bindingsTo(vhost, kind, destinationIn(request, kind)).filter((item) => item.source === source);
}

function destinationIn(request: ManagementRequest, kind: Kind): string {
  const name = request.path('destination');
  return kind === 'exchange' ? exchangeName(name) : name;
}

function create(request: ManagementRequest): HttpResponse {
  const vhost = request.changedVhost;
  const { body } = request;
  const kind = found(KINDS[request.path('kind')]);
  const destination = destinationIn(request, kind);
  const routingKey = typeof body.routing_key === 'string' ? body.routing_key : '';
  const args = tableFromJson(objectOf(body.arguments));
  overChannel(request, vhost, (channel) => {
    const source = exchangeName(request.path('source'));
    if (kind === 'queue') channel.queueBind({ queue: destination, exchange: source, routingKey, arguments: args });
    else channel.exchangeBind({ destination, source, routingKey, arguments: args });
  });
  const key = encodeURIComponent(propertiesKey(routingKey, args));
  return { status: 201, headers: { location: `${encodeURIComponent(destination)}/${key}` } };
}

function unbind(channel: AmqpChannel, item: BindingItem): void {
  const { source, destination, routing_key: routingKey } = item;
  const args = { routingKey, arguments: argumentsOf(channel, item) };
  if (item.destination_type === 'queue') channel.queueUnbind({ ...args, queue: destination, exchange: source });
  else channel.exchangeUnbind({ ...args, source, destination });
}

/** The arguments with their types, which JSON does not keep. */
function argumentsOf(channel: AmqpChannel, item: BindingItem): Binding['arguments'] {
  const { vhost } = channel.connection;
  const bindings = vhost.exchanges.get(item.source)?.bindings.values() ?? [];
  const same = (binding: Binding) =>
    binding.destination.kind === item.destination_type &&
    binding.destination.name === item.destination &&
    propertiesKey(binding.routingKey, binding.arguments) === item.properties_key;
  return [...bindings].find(same)?.arguments ?? new Map();
}

function named(request: ManagementRequest): BindingItem {
  const asked = request.path('properties');
  // Clients write the key as it is, or encoded once more for the path.
  const same = (key: string) =>
    key === asked || decodeURIComponent(key.replace(/\+/g, ' ')) === asked || decodeURIComponent(key) === asked;
  return found(between(request).find((item) => same(item.properties_key)));
}

function drop(request: ManagementRequest): HttpResponse {
  const item = named(request);
  overChannel(request, request.vhost, (channel) => unbind(channel, item));
  return noContent();
}

function listAll(request: ManagementRequest): HttpResponse {
  return list(request.query, request.vhosts.flatMap(allBindings));
}

export const BINDING_ENDPOINTS: readonly Endpoint[] = [
  get('/api/bindings', listAll),
  get('/api/bindings/{vhost}', listAll),
  get('/api/bindings/{vhost}/e/{source}/{kind}/{destination}', (request) => list(request.query, between(request))),
  post('/api/bindings/{vhost}/e/{source}/{kind}/{destination}', create),
  get('/api/bindings/{vhost}/e/{source}/{kind}/{destination}/{properties}', (request) =>
    single(request.query, named(request)),
  ),
  remove('/api/bindings/{vhost}/e/{source}/{kind}/{destination}/{properties}', drop),
];
