/** What the server says of itself: /api/overview, /api/nodes, health checks. */
import type { HttpResponse } from '../../http/index.js';
import { CLUSTER_NAME_PARAMETER, clusterName, ERLANG_VERSIONS } from '../server-properties.js';
import { badRequest, found, json, noContent } from './answer.js';
import { type Endpoint, get, put } from './endpoint.js';
import { list, single } from './listing.js';
import { totalMessageStats, totals } from './message-stats.js';
import type { ManagementRequest } from './request.js';

export const NODE_NAME = 'rabbit@tribroker';

const PROTOCOLS: readonly string[] = ['amqp', 'http'];

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
function listeners(request: ManagementRequest): Record<string, unknown>[] {
  const ports = new Set([...request.door.sessions].map((session) => session.info.local.port));
  const host = request.headers.host?.split(':')[1];
  if (host) ports.add(Number(host));
  return [...ports].flatMap((port) =>
    PROTOCOLS.map((protocol) => ({ node: NODE_NAME, protocol, ip_address: '127.0.0.1', port })),
  );
}

function node(request: ManagementRequest): Record<string, unknown> {
  return {
    name: NODE_NAME,
    type: 'disc',
    running: true,
    partitions: [],
    mem_used: 0,
    mem_limit: request.door.context.limits.totalBytes,
    mem_alarm: false,
    disk_free: Number.MAX_SAFE_INTEGER,
    disk_free_limit: 0,
    disk_free_alarm: false,
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

const healthy = ({ query }: ManagementRequest): HttpResponse => single(query, { status: 'ok' });

const alone = ({ query }: ManagementRequest): HttpResponse =>
  single(query, { status: 'ok', reason: 'single node cluster' });

/** Nothing is encrypted, so that no certificate expires. */
function certificates(request: ManagementRequest): HttpResponse {
  if (!/^[+-]?\d+$/.test(request.path('within'))) throw badRequest('Invalid expiration value.');
  if (!UNITS.includes(request.path('unit').toLowerCase()))
    throw badRequest(`Time unit not recognised. Supported units: ${UNITS.join(', ')}.`);
  return healthy(request);
}

const UNITS = ['days', 'weeks', 'months', 'years'];

/** What protocols are called too. */
const PROTOCOL_NAMES: ReadonlyMap<string, string> = new Map([
  ...['amqp091', 'amqp0.9.1', 'amqp0-9-1', 'amqp0_9_1'].map((name) => [name, 'amqp'] as const),
  ...['http1', 'http1.1', 'http_api', 'management', 'management_ui', 'ui'].map((name) => [name, 'http'] as const),
]);

function protocolListener(request: ManagementRequest): HttpResponse {
  const asked = request.path('protocol').toLowerCase();
  const protocol = PROTOCOL_NAMES.get(asked) ?? asked;
  if (PROTOCOLS.includes(protocol)) return single(request.query, { status: 'ok', protocol });
  const body = { status: 'failed', reason: 'No active listener', missing: protocol, protocols: PROTOCOLS };
  return { status: 503, body };
}

function portListener(request: ManagementRequest): HttpResponse {
  const port = Number(request.path('port'));
  const ports = listeners(request).map((listener) => listener.port);
  if (ports.includes(port)) return json({ status: 'ok', port });
  const body = { status: 'failed', reason: 'No active listener', missing: port, ports: [...new Set(ports)] };
  return { status: 503, body };
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
  get('/api/healthchecks/node', healthy),
  get('/api/health/checks/alarms', healthy),
  get('/api/health/checks/local-alarms', healthy),
  get('/api/health/checks/virtual-hosts', healthy),
  get('/api/health/checks/node-is-mirror-sync-critical', alone),
  get('/api/health/checks/node-is-quorum-critical', alone),
  get('/api/health/checks/certificate-expiration/{within}/{unit}', certificates),
  get('/api/health/checks/protocol-listener/{protocol}', protocolListener),
  get('/api/health/checks/port-listener/{port}', portListener),
];
