/** Virtual hosts: /api/vhosts. */
import {
  type AmqpChannel,
  erlangFormat,
  erlangJson,
  type VirtualHost,
  type VirtualHostLimit,
} from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { badRequest, found, noContent, stored } from './answer.js';
import { overChannel, refusalInFull } from './direct-channel.js';
import { type Endpoint, get, put, putJson, remove } from './endpoint.js';
import { settingTerm } from './json-field.js';
import { list, pages, single } from './listing.js';
import { messageStats, totals } from './message-stats.js';
import { NODE_NAME } from './node.js';
import { booleanOf, type ManagementRequest } from './request.js';
import { tagsOf } from './user.js';

const PROBE_QUEUE = 'aliveness-test';

function vhostToJson(vhost: VirtualHost, { door, rates }: ManagementRequest): Record<string, unknown> {
  const links = [...door.sessions].filter(({ connection }) => connection?.vhost === vhost).map(({ link }) => link);
  const bytes = {
    recv_oct: links.reduce((sum, link) => sum + link.receivedBytes, 0),
    send_oct: links.reduce((sum, link) => sum + link.sentBytes, 0),
  };
  return {
    name: vhost.name,
    description: vhost.description,
    tags: vhost.tags,
    default_queue_type: 'undefined',
    metadata: { description: vhost.description, tags: vhost.tags },
    tracing: false,
    cluster_state: { [NODE_NAME]: 'running' },
    ...rates.rated(vhost, { ...totals(vhost.queues.values()), ...bytes }),
    ...messageStats(rates, vhost.counts),
  };
}

/** Declares a queue, publishes to it and gets the message back, as RabbitMQ 3 does; 4 only says yes. */
function alive(request: ManagementRequest): HttpResponse {
  const { vhost } = request;
  if (request.broker.version === '4') return single(request.query, { status: 'ok' });
  const probe = (channel: AmqpChannel): void => {
    channel.queueDeclare({ queue: PROBE_QUEUE });
    channel.publish('', PROBE_QUEUE, {}, Buffer.from('test_message'));
    channel.get(PROBE_QUEUE, true);
  };
  overChannel(request, vhost, probe, refusalInFull);
  return single(request.query, { status: 'ok' });
}

function create(request: ManagementRequest): HttpResponse {
  const { broker, body } = request;
  const name = request.path('vhost');
  booleanOf(body.tracing);
  const tags = tagsOf(body.tags ?? '');
  const isNew = broker.addVhost(name);
  const vhost = broker.vhosts.get(name) as VirtualHost;
  vhost.description = typeof body.description === 'string' ? body.description : '';
  vhost.tags = tags;
  // As RabbitMQ does, whoever adds a vhost may use it.
  if (isNew) request.user.setPermissions(name, { configure: '.*', write: '.*', read: '.*' });
  return stored(isNew);
}

function drop(request: ManagementRequest): HttpResponse {
  found(request.broker.deleteVhost(request.path('vhost')) || undefined);
  return noContent();
}

const LIMITS: readonly string[] = ['max-connections', 'max-queues'] satisfies VirtualHostLimit[];

function setLimit(request: ManagementRequest): HttpResponse {
  const vhost = request.changedVhost;
  const { value } = request.bodyWith('value');
  const limit = request.path('limit');
  const refuse = (problem: string) => badRequest(`Validation failed\n\n${problem}\n`);
  if (!LIMITS.includes(limit)) throw refuse(erlangFormat`Unrecognised terms ${settingTerm(limit, value)} in limits`);
  if (!Number.isInteger(value))
    throw refuse(erlangFormat`${limit} should be a number, actually was ${erlangJson(value)}`);
  vhost.setLimit(limit as VirtualHostLimit, value as number);
  return noContent();
}

function clearLimit(request: ManagementRequest): HttpResponse {
  const { vhost } = request;
  const limit = request.path('limit');
  if (LIMITS.includes(limit)) vhost.setLimit(limit as VirtualHostLimit, undefined);
  return noContent();
}

function limits(request: ManagementRequest): HttpResponse {
  const named = request.optional('vhost');
  // Whoever names one must have to do with it.
  if (named !== undefined && !request.isMonitor) request.vhost;
  const limited = request.visibleVhosts.filter((vhost) => vhost.limits.size > 0);
  return list(
    request.query,
    limited.map((vhost) => ({ vhost: vhost.name, value: Object.fromEntries(vhost.limits) })),
  );
}

const ADMIN = 'administrator';

export const VHOST_ENDPOINTS: readonly Endpoint[] = [
  get('/api/vhosts', (request) =>
    pages(
      request.query,
      request.visibleVhosts.map((vhost) => vhostToJson(vhost, request)),
    ),
  ),
  get('/api/vhosts/{vhost}', (request) => single(request.query, vhostToJson(request.vhost, request)), ADMIN),
  put('/api/vhosts/{vhost}', create, ADMIN),
  remove('/api/vhosts/{vhost}', drop, ADMIN),
  get('/api/aliveness-test/{vhost}', alive),
  get('/api/vhost-limits', limits),
  get('/api/vhost-limits/{vhost}', limits),
  putJson('/api/vhost-limits/{vhost}/{limit}', setLimit, ADMIN),
  remove('/api/vhost-limits/{vhost}/{limit}', clearLimit, ADMIN),
];
