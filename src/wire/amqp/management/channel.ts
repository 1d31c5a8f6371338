/** Connections and their channels: /api/connections, /api/channels. */
import {
  type AmqpChannel,
  type AmqpConnection,
  AmqpError,
  type Consumer,
  type VirtualHost,
} from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import type { AmqpSession } from '../session.js';
import { found, noContent } from './answer.js';
import { type Endpoint, get, remove } from './endpoint.js';
import { tableToJson } from './json-field.js';
import { list, pages, single } from './listing.js';
import { messageStats, type RateMeter } from './message-stats.js';
import { NODE_NAME } from './node.js';
import type { ManagementRequest } from './request.js';

/** How other objects refer to a channel. */
function channelDetails(channel: AmqpChannel): Record<string, unknown> {
  const { name, user } = channel.connection;
  const [peerHost, peerPort] = peerOf(name);
  return {
    connection_name: name,
    name: `${name} (${channel.number})`,
    node: NODE_NAME,
    number: channel.number,
    peer_host: peerHost,
    peer_port: peerPort,
    user: user.name,
  };
}

export function consumerToJson(consumer: Consumer, vhost: VirtualHost): Record<string, unknown> {
  const { queue } = consumer;
  const active = !queue.singleActiveConsumer || queue.consumers.active === consumer;
  const status = queue.singleActiveConsumer ? (active ? 'single_active' : 'waiting') : 'up';
  return {
    arguments: tableToJson(consumer.arguments),
    ack_required: !consumer.noAck,
    active,
    activity_status: status,
    channel_details: channelDetails(consumer.channel),
    consumer_tag: consumer.tag,
    exclusive: consumer.exclusive,
    prefetch_count: consumer.prefetch,
    queue: { name: queue.name, vhost: vhost.name },
  };
}

function peerOf(connectionName: string): readonly [host: string, port: number] {
  const peer = connectionName.split(' -> ')[0] as string;
  const colon = peer.lastIndexOf(':');
  return [peer.slice(0, colon), Number(peer.slice(colon + 1))];
}

/** How other objects refer to a connection. */
export function connectionDetails({ name }: AmqpConnection): Record<string, unknown> {
  const [peerHost, peerPort] = peerOf(name);
  return { name, peer_host: peerHost, peer_port: peerPort };
}

/** Fields of a connection that is not encrypted. */
const PLAIN = {
  ssl: false,
  ssl_protocol: null,
  ssl_key_exchange: null,
  ssl_cipher: null,
  ssl_hash: null,
  peer_cert_subject: null,
  peer_cert_issuer: null,
  peer_cert_validity: null,
} as const;

function connectionToJson(session: AmqpSession, rates: RateMeter): Record<string, unknown> {
  const { connection, identity, tuning, info, link } = session;
  return {
    auth_mechanism: identity?.mechanism,
    channel_max: tuning?.channelMax,
    channels: session.channels.size,
    client_properties: identity ? tableToJson(identity.properties) : {},
    connected_at: connection?.connectedAtMs,
    frame_max: tuning?.frameMax,
    host: info.local.address,
    name: connection?.name,
    node: NODE_NAME,
    peer_host: info.remote.address,
    peer_port: info.remote.port,
    port: info.local.port,
    protocol: 'AMQP 0-9-1',
    ...rates.rated(session, { recv_oct: link.receivedBytes, send_oct: link.sentBytes }),
    ...PLAIN,
    state: session.alarm === undefined ? 'running' : 'blocked',
    timeout: tuning?.heartbeat,
    type: 'network',
    user: connection?.user.name,
    user_provided_name: session.clientName,
    user_who_performed_action: connection?.user.name,
    vhost: connection?.vhost.name,
  };
}

function channelToJson(channel: AmqpChannel, rates: RateMeter): Record<string, unknown> {
  const { connection } = channel;
  return {
    acks_uncommitted: 0,
    confirm: channel.confirming,
    connection_details: connectionDetails(connection),
    consumer_count: channel.consumers.size,
    global_prefetch_count: channel.deliveries.globalPrefetch,
    ...messageStats(rates, channel.counts),
    messages_unacknowledged: channel.deliveries.size,
    messages_uncommitted: 0,
    messages_unconfirmed: 0,
    name: `${connection.name} (${channel.number})`,
    node: NODE_NAME,
    number: channel.number,
    prefetch_count: channel.consumerPrefetch,
    state: 'running',
    transactional: channel.transactional,
    user: connection.user.name,
    user_who_performed_action: connection.user.name,
    vhost: connection.vhost.name,
  };
}

function sessionsOf(request: ManagementRequest): AmqpSession[] {
  const { door, isMonitor, user } = request;
  return [...door.sessions].filter(({ running, connection }) => running && (isMonitor || connection?.user === user));
}

function sessionOf(request: ManagementRequest): AmqpSession {
  const name = request.path('name');
  return found(sessionsOf(request).find((session) => session.connection?.name === name));
}

function close(request: ManagementRequest, sessions: readonly AmqpSession[]): HttpResponse {
  const reason = request.headers['x-reason'] ?? 'Closed via management plugin';
  for (const session of sessions) session.fail(new AmqpError('CONNECTION_FORCED', reason));
  return noContent();
}

function channelsOf(request: ManagementRequest, sessions = sessionsOf(request)): Record<string, unknown>[] {
  const channels = sessions.flatMap(({ connection }) => [...(connection?.channels.values() ?? [])]);
  return channels.map((channel) => channelToJson(channel, request.rates));
}

const connectionsOf = (request: ManagementRequest): Record<string, unknown>[] =>
  sessionsOf(request).map((session) => connectionToJson(session, request.rates));

const inVhost = (request: ManagementRequest, items: Record<string, unknown>[]) => {
  const { name } = request.vhost;
  return list(
    request.query,
    items.filter((item) => item.vhost === name),
  );
};

function ofUser(request: ManagementRequest): HttpResponse {
  const own = connectionsOf(request).filter(({ user }) => user === request.path('user'));
  return pages(
    request.query,
    own.map(({ name, vhost, user, node }) => ({ name, vhost, user, node })),
  );
}

export const CHANNEL_ENDPOINTS: readonly Endpoint[] = [
  get('/api/connections', (request) => pages(request.query, connectionsOf(request))),
  get('/api/connections/username/{user}', ofUser),
  remove(
    '/api/connections/username/{user}',
    (request) => {
      const ofUser = ({ connection }: AmqpSession) => connection?.user.name === request.path('user');
      return close(request, sessionsOf(request).filter(ofUser));
    },
    'administrator',
  ),
  get('/api/connections/{name}', (request) =>
    single(request.query, connectionToJson(sessionOf(request), request.rates)),
  ),
  remove('/api/connections/{name}', (request) => close(request, [sessionOf(request)])),
  get('/api/connections/{name}/channels', (request) => pages(request.query, channelsOf(request, [sessionOf(request)]))),
  get('/api/vhosts/{vhost}/connections', (request) => inVhost(request, connectionsOf(request))),
  get('/api/vhosts/{vhost}/channels', (request) => inVhost(request, channelsOf(request))),
  get('/api/channels', (request) => pages(request.query, channelsOf(request))),
  get('/api/channels/{name}', (request) => {
    const name = request.path('name');
    const channels = sessionsOf(request).flatMap(({ connection }) => [...(connection?.channels.values() ?? [])]);
    const channel = found(channels.find((each) => `${each.connection.name} (${each.number})` === name));
    const consumers = [...channel.consumers.values()].map((each) => consumerToJson(each, channel.connection.vhost));
    const item = {
      ...channelToJson(channel, request.rates),
      consumer_details: consumers,
      deliveries: [],
      publishes: [],
    };
    return single(request.query, item);
  }),
];
