/** Health checks: /api/health/checks, /api/healthchecks. */
import type { AlarmKind } from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { badRequest } from './answer.js';
import { type Endpoint, get } from './endpoint.js';
import { single } from './listing.js';
import { listeners, NODE_NAME, PROTOCOLS } from './node.js';
import type { ManagementRequest } from './request.js';

const healthy = ({ query }: ManagementRequest): HttpResponse => single(query, { status: 'ok' });

const alone = ({ query }: ManagementRequest): HttpResponse =>
  single(query, { status: 'ok', reason: 'single node cluster' });

/** What RabbitMQ calls what there is too little of. */
const RESOURCES: Readonly<Record<AlarmKind, string>> = { memory: 'memory', disk: 'disk space' };

/** @param where the place that has an alarm */
const alarms =
  (where: string) =>
  (request: ManagementRequest): HttpResponse => {
    const all = request.broker.alarms;
    if (all.length === 0) return healthy(request);
    const reason = `There are alarms in effect ${where}`;
    const rows = all.map((kind) => ({ node: NODE_NAME, resource: RESOURCES[kind] }));
    return { status: 503, body: { status: 'failed', reason, alarms: rows } };
  };

/** The older check of everything. */
function nodeHealth(request: ManagementRequest): HttpResponse {
  const all = request.broker.alarms;
  if (all.length === 0) return healthy(request);
  const reason = `resource alarm(s) in effect:[${all.map((kind) => `{resource_limit,${kind},${NODE_NAME}}`)}]`;
  return { status: 503, body: { status: 'failed', reason } };
}

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
  if (ports.includes(port)) return single(request.query, { status: 'ok', port });
  const body = { status: 'failed', reason: 'No active listener', missing: port, ports: [...new Set(ports)] };
  return { status: 503, body };
}

export const HEALTH_ENDPOINTS: readonly Endpoint[] = [
  get('/api/healthchecks/node', nodeHealth),
  get('/api/health/checks/alarms', alarms('in the cluster')),
  get('/api/health/checks/local-alarms', alarms('on the node')),
  get('/api/health/checks/virtual-hosts', healthy),
  get('/api/health/checks/node-is-mirror-sync-critical', alone),
  get('/api/health/checks/node-is-quorum-critical', alone),
  get('/api/health/checks/certificate-expiration/{within}/{unit}', certificates),
  get('/api/health/checks/protocol-listener/{protocol}', protocolListener),
  get('/api/health/checks/port-listener/{port}', portListener),
];
