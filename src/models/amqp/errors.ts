import { BrokerError } from '../../core/errors.js';

/** Reply codes and what they end, as in the protocol's constant table (with RabbitMQ's choices for 'soft' and 'hard'). */
const REPLIES = {
  CONTENT_TOO_LARGE: [311, 'channel'],
  NO_ROUTE: [312, 'channel'],
  CONNECTION_FORCED: [320, 'connection'],
  ACCESS_REFUSED: [403, 'channel'],
  NOT_FOUND: [404, 'channel'],
  RESOURCE_LOCKED: [405, 'channel'],
  PRECONDITION_FAILED: [406, 'channel'],
  FRAME_ERROR: [501, 'connection'],
  SYNTAX_ERROR: [502, 'connection'],
  COMMAND_INVALID: [503, 'connection'],
  CHANNEL_ERROR: [504, 'connection'],
  UNEXPECTED_FRAME: [505, 'connection'],
  RESOURCE_ERROR: [506, 'connection'],
  NOT_ALLOWED: [530, 'connection'],
  NOT_IMPLEMENTED: [540, 'connection'],
  INTERNAL_ERROR: [541, 'connection'],
} as const;

export type AmqpErrorCode = keyof typeof REPLIES;
export type AmqpErrorScope = 'channel' | 'connection';

const REPLY_TEXT_MAX_BYTES = 255;

/** An error that closes a channel or a connection. `message` is RabbitMQ's text after the code's name. */
export class AmqpError extends BrokerError {
  declare readonly code: AmqpErrorCode;
  readonly replyCode: number;
  /** What the error ends. */
  readonly scope: AmqpErrorScope;

  constructor(code: AmqpErrorCode, message: string, scope: AmqpErrorScope = REPLIES[code][1]) {
    super(code, message);
    this.replyCode = REPLIES[code][0];
    this.scope = scope;
  }

  /** What stands in `reply-text`: the code's name, the explanation, at most 255 bytes of UTF-8. */
  get replyText(): string {
    return cutUtf8(this.message === '' ? this.code : `${this.code} - ${this.message}`, REPLY_TEXT_MAX_BYTES);
  }
}

function cutUtf8(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const char of text) {
    const point = char.codePointAt(0) as number;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (bytes > maxBytes) return text.slice(0, end);
    end += char.length;
  }
  return text;
}

export const preconditionFailed = (text: string): AmqpError => new AmqpError('PRECONDITION_FAILED', text);
export const accessRefused = (text: string): AmqpError => new AmqpError('ACCESS_REFUSED', text);
export const notFound = (text: string): AmqpError => new AmqpError('NOT_FOUND', text);
export const notImplemented = (text: string): AmqpError => new AmqpError('NOT_IMPLEMENTED', text);
export const notAllowed = (text: string): AmqpError => new AmqpError('NOT_ALLOWED', text);

export const ackTimedOut = (channel: number, timeoutMs: number): AmqpError =>
  preconditionFailed(
    `delivery acknowledgement on channel ${channel} timed out. Timeout value used: ${timeoutMs} ms. ` +
      'This timeout value can be configured, see consumers doc guide to learn more',
  );

/** A channel of RabbitMQ ends of something that it does not expect. */
export const crashed = (): AmqpError => new AmqpError('INTERNAL_ERROR', '');

export const noExchange = (name: string, vhost: string): AmqpError =>
  notFound(`no exchange '${name}' in vhost '${vhost}'`);

export const noQueue = (name: string, vhost: string): AmqpError => notFound(`no queue '${name}' in vhost '${vhost}'`);

/** A durable queue is there, and its node is not. */
export const absentQueue = (name: string, vhost: string, node: string): AmqpError =>
  notFound(`home node '${node}' of durable queue '${name}' in vhost '${vhost}' is down or inaccessible`);

/** A replicated queue has lost too many of its nodes. */
export const queueTimedOut = (name: string, vhost: string): AmqpError =>
  new AmqpError('INTERNAL_ERROR', `queue '${name}' in vhost '${vhost}' timed out: most of its nodes are down`);

export const onDefaultExchange = (): AmqpError => accessRefused('operation not permitted on the default exchange');

export const queueLocked = (name: string, vhost: string, tail = LOCKED_TAIL): AmqpError =>
  new AmqpError('RESOURCE_LOCKED', `cannot obtain ${tail.replace('%', `locked queue '${name}' in vhost '${vhost}'`)}`);

const LOCKED_TAIL =
  'exclusive access to %. It could be originally declared on another connection or the exclusive property value ' +
  'does not match that of the original declaration.';

export const LOCKED_BY_SINGLE_ACTIVE_CONSUMER =
  'access to %. basic.get operations are not supported by quorum queues with single active consumer';
