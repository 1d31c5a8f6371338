/** What the server says of itself: /api/overview, /api/nodes. */
import type { HttpResponse } from '../../http/index.js';
import { CLUSTER_NAME_PARAMETER, clusterName, ERLANG_VERSIONS } from '../server-properties.js';
import { found, noContent } from './answer.js';
import { type Endpoint, get, put } from './endpoint.js';
import { list, single } from './listing.js';
import { totalMessageStats, totals } from './message-stats.js';
import type { ManagementRequest } from './request.js';

export const NODE_NAME = 'rabbit@tribroker';

export const PROTOCOLS: readonly string[] = ['amqp', 'http'];

const DESCRIPTIONS: Readonly<Record<string, string>> = Object.fromEntries(
  ['direct', 'fanout', 'headers', 'topic'].map((type) => [
    type,
    `AMQP ${type} exchange, as per the AMQP specification`,
  ]),
);

function exchangeTypes(request: ManagementRequest): unknown[] {
  return [...request.broker.exchangeTypes.keys()].map((name) => ({
    name,
    description: DESCRIPTIONS[name] ?? '',
    enabled: true,
  }));
}

function overview(request: ManagementRequest): HttpResponse {
  const { broker, door } = request;
  const vhosts = request.visibleVhosts;
  const queues = vhosts.flatMap((vhost) => [...vhost.queues.values()]);
  const connections = [...broker.connections].filter(({ user }) => request.isMonitor || user === request.user);
  return single(request.query, {
    management_version: broker.releaseName,
    rates_mode: 'basic',
    exchange_types: exchangeTypes(request),
    product_version: broker.releaseName,
    product_name: 'RabbitMQ',
    rabbitmq_version: broker.releaseName,
    cluster_name: clusterName(broker),
    erlang_version: ERLANG_VERSIONS[broker.version],
    message_stats: {},
    ...totalMessageStats(
      request.rates,
      vhosts.map(({ counts }) => counts),
    ),
    churn_rates: {},
    queue_totals: request.rates.rated(broker, totals(queues)),
    object_totals: {
      channels: connections.reduce((total, connection) => total + connection.channels.size, 0),
      connections: connections.length,
      consumers: queues.reduce((total, queue) => total + queue.consumers.size, 0),
      exchanges: vhosts.reduce((total, vhost) => total + vhost.exchanges.size, 0),
      queues: queues.length,
    },
    node: NODE_NAME,
    listeners: listeners(request),
    contexts: [],
    statistics_db_event_queue: door.context.outbox.size,
  });
}

/** One port serves AMQP and this API. */
export function listeners(request: ManagementRequest): Record<string, unknown>[] {
  const ports = new Set([...request.door.sessions].map((session) => session.info.local.port));
  const host = request.headers.host?.split(':')[1];
  if (host) ports.add(Number(host));
  return [...ports].flatMap((port) =>
    PROTOCOLS.map((protocol) => ({ node: NODE_NAME, protocol, ip_address: '127.0.0.1', port })),
  );
}

function node(request: ManagementRequest): Record<string, unknown> {
  const { alarms } = request.broker;
  return {
    name: NODE_NAME,
    type: 'disc',
    running: true,
    partitions: [],
    mem_used: 0,
    mem_limit: request.door.context.limits.totalBytes,
    mem_alarm: alarms.includes('memory'),
    disk_free: Number.MAX_SAFE_INTEGER,
    disk_free_limit: 0,
    disk_free_alarm: alarms.includes('disk'),
    fd_total: 1024,
    fd_used: 0,
    sockets_total: request.door.context.limits.connectionCount,
    sockets_used: request.door.sessions.size,
    proc_total: 1_048_576,
    proc_used: 0,
    uptime: 0,
    run_queue: 0,
    processors: 1,
    rates_mode: 'basic',
    exchange_types: exchangeTypes(request),
  };
}

export const NODE_ENDPOINTS: readonly Endpoint[] = [
  get('/api/overview', overview),
  get('/api/cluster-name', ({ broker, query }) => single(query, { name: clusterName(broker) })),
  put(
    '/api/cluster-name',
    (request) => {
      request.broker.globalParameters.set(CLUSTER_NAME_PARAMETER, request.bodyWith('name').name);
      return noContent();
    },
    'administrator',
  ),
  get('/api/nodes', (request) => list(request.query, [node(request)]), 'monitoring'),
  get(
    '/api/nodes/{name}',
    (request) => single(request.query, node(found(request.path('name') === NODE_NAME ? request : undefined))),
    'monitoring',
  ),
  get('/api/whoami', ({ query, user }) => single(query, { name: user.name, tags: user.tags })),
  get('/api/extensions', ({ query }) => list(query, [{ javascript: 'dispatcher.js' }])),
  get('/api/auth', ({ query }) => single(query, { enable_uaa: false, uaa_client_id: '', uaa_location: '' })),
];
