/** Virtual hosts: /api/vhosts. */
import type { VirtualHost } from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { found, json } from './answer.js';
import { overChannel } from './direct-channel.js';
import { type Endpoint, get } from './endpoint.js';
import { list, single } from './listing.js';
import { NODE_NAME } from './node.js';
import type { ManagementRequest } from './request.js';

const PROBE_QUEUE = 'aliveness-test';

function vhostToJson(vhost: VirtualHost): Record<string, unknown> {
  const queues = [...vhost.queues.values()];
  const sum = (count: (queue: (typeof queues)[number]) => number) =>
    queues.reduce((total, queue) => total + count(queue), 0);
  return {
    name: vhost.name,
    description: '',
    tags: [],
    default_queue_type: 'undefined',
    metadata: { description: '', tags: [] },
    tracing: false,
    cluster_state: { [NODE_NAME]: 'running' },
    messages: sum((queue) => queue.messageCount),
    messages_ready: sum((queue) => queue.readyCount),
    messages_unacknowledged: sum((queue) => queue.unackedCount),
  };
}

/** Declares a queue, publishes to it and gets the message back, as RabbitMQ 3 does; 4 only says yes. */
function alive(request: ManagementRequest): HttpResponse {
  const { vhost } = request;
  if (request.broker.version === '4') return json({ status: 'ok' });
  overChannel(request, vhost, (channel) => {
    channel.queueDeclare({ queue: PROBE_QUEUE });
    channel.publish('', PROBE_QUEUE, {}, Buffer.from('test_message'));
    channel.get(PROBE_QUEUE, true);
  });
  return json({ status: 'ok' });
}

export const VHOST_ENDPOINTS: readonly Endpoint[] = [
  get('/api/vhosts', (request) => list(request.query, [...request.broker.vhosts.values()].map(vhostToJson))),
  get('/api/vhosts/{vhost}', (request) =>
    single(request.query, vhostToJson(found(request.broker.vhosts.get(request.path('vhost'))))),
  ),
  get('/api/aliveness-test/{vhost}', alive),
];
