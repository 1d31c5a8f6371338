import { HANDLERS } from './handlers/index.js';
import { ENDPOINTS } from './management/index.js';
import { METHODS } from './method.js';

/** One line of the support table. */
export interface Support {
  readonly name: string;
  readonly note: string;
}

/** Methods that belong to the life of a connection or channel rather than to a handler. */
const LIFE_CYCLE = [
  METHODS.connectionStartOk,
  METHODS.connectionTuneOk,
  METHODS.connectionOpen,
  METHODS.connectionClose,
  METHODS.connectionUpdateSecret,
  METHODS.channelOpen,
  METHODS.channelClose,
] as const;

const PUBLISH_NOTE = 'immediate is refused, as in RabbitMQ';

/** Every method that a client may send, by class and id. */
export function supportedMethods(): readonly Support[] {
  const lines = [
    ...LIFE_CYCLE.map((method) => ({ method, note: '' })),
    { method: METHODS.basicPublish, note: PUBLISH_NOTE },
    ...HANDLERS.map(({ method, note }) => ({ method, note: note ?? '' })),
  ];
  return lines
    .sort((a, b) => a.method.classId - b.method.classId || a.method.methodId - b.method.methodId)
    .map(({ method, note }) => ({ name: method.name, note }));
}

/** Arguments of queues, exchanges, bindings and consumers that have an effect. */
export const SUPPORTED_ARGUMENTS: readonly Support[] = [
  { name: 'x-message-ttl', note: 'queue' },
  { name: 'x-expires', note: 'queue' },
  { name: 'x-max-length', note: 'queue' },
  { name: 'x-max-length-bytes', note: 'queue' },
  { name: 'x-overflow', note: 'queue: drop-head, reject-publish, reject-publish-dlx' },
  { name: 'x-dead-letter-exchange', note: 'queue' },
  { name: 'x-dead-letter-routing-key', note: 'queue' },
  { name: 'x-max-priority', note: 'classic queue' },
  { name: 'x-single-active-consumer', note: 'queue' },
  { name: 'x-queue-type', note: 'classic, quorum, stream' },
  { name: 'x-delivery-limit', note: 'quorum queue' },
  { name: 'x-max-age', note: 'stream' },
  { name: 'x-queue-mode', note: 'accepted without effect' },
  { name: 'alternate-exchange', note: 'exchange' },
  { name: 'x-match', note: 'binding of a headers exchange: all, any, all-with-x, any-with-x' },
  { name: 'x-priority', note: 'consumer' },
  { name: 'x-stream-offset', note: 'consumer of a stream' },
];

/** What RabbitMQ adds to AMQP 0-9-1. */
export const SUPPORTED_EXTENSIONS: readonly string[] = [
  'publisher confirms',
  'basic.nack',
  'exchange to exchange bindings',
  'alternate exchanges',
  'sender-selected distribution (CC, BCC)',
  'dead letter exchanges',
  'consumer cancel notification',
  'consumer priorities',
  'direct reply-to',
  'connection.blocked',
  'per-consumer prefetch',
  'user-id validation',
  'policies and operator policies',
  'definitions import and export',
];

/** Every endpoint of the management API. */
export function supportedEndpoints(): readonly Support[] {
  return ENDPOINTS.map(({ method, path, role }) => ({ name: `${method} ${path}`, note: role }));
}
