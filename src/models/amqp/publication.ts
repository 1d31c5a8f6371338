import type { AmqpChannel } from './channel.js';
import { Envelope } from './envelope.js';
import { accessRefused, noExchange, preconditionFailed } from './errors.js';
import type { Exchange } from './exchange.js';
import { type FieldTable, fieldTypeName } from './field-table.js';
import { type BasicProperties, withHeaders, withProperties } from './properties.js';
import { REPLY_TO } from './reply-to.js';

/** A message that passed all checks and waits to be routed. */
export interface Publication {
  readonly exchange: Exchange;
  readonly envelope: Envelope;
  /** Keys of CC and BCC headers. */
  readonly furtherKeys: readonly string[] | undefined;
  readonly mandatory: boolean;
  /** The channel that it came by. */
  readonly publisher: object;
}

/** Checks a publish in RabbitMQ's order. @throws AmqpError */
export function checkPublish(
  channel: AmqpChannel,
  exchangeName: string,
  routingKey: string,
  properties: BasicProperties,
  body: Uint8Array,
  mandatory: boolean,
): Publication {
  const { vhost, user } = channel.connection;
  const maxBytes = vhost.context.limits.amqpMessageBytes;
  if (body.length > maxBytes) {
    throw preconditionFailed(`message size ${body.length} is larger than configured max size ${maxBytes}`);
  }
  user.check(vhost, 'write', 'exchange', exchangeName);
  const exchange = vhost.exchanges.get(exchangeName);
  if (!exchange) throw noExchange(exchangeName, vhost.name);
  if (exchange.internal) {
    throw accessRefused(`cannot publish to internal exchange '${exchangeName}' in vhost '${vhost.name}'`);
  }
  const { userId, expiration, deliveryMode, headers, replyTo } = properties;
  if (exchange.type === 'topic') user.checkTopic(vhost, 'write', exchangeName, routingKey);
  if (replyTo === REPLY_TO && channel.replyName === undefined) {
    throw preconditionFailed('fast reply consumer does not exist');
  }
  if (userId !== undefined && userId !== user.name && !user.tags.includes('impersonator')) {
    throw preconditionFailed(`user_id property set to '${userId}' but authenticated user was '${user.name}'`);
  }
  if (expiration !== undefined) checkExpiration(expiration);
  const cc = headers && keysOf(headers, 'CC');
  const bcc = headers && keysOf(headers, 'BCC');
  if (deliveryMode !== undefined && deliveryMode !== 1 && deliveryMode !== 2) {
    throw preconditionFailed(`invalid message: {delivery_mode_unknown,${deliveryMode}}`);
  }
  const addressed = replyTo === REPLY_TO ? withProperties(properties, { replyTo: channel.replyName }) : properties;
  if (headers === undefined) {
    const envelope = new Envelope(exchangeName, routingKey, addressed, body);
    return { exchange, envelope, furtherKeys: undefined, mandatory, publisher: channel };
  }
  const sent = bcc ? withHeaders(addressed, without(headers, 'BCC')) : addressed;
  return {
    exchange,
    envelope: new Envelope(exchangeName, routingKey, sent, body, bcc),
    furtherKeys: cc || bcc ? [...(cc ?? []), ...(bcc ?? [])] : undefined,
    mandatory,
    publisher: channel,
  };
}

const EXPIRATION_MAX_MS = 315_360_000_000;

/** @throws AmqpError PRECONDITION_FAILED unless it is a decimal number of milliseconds up to ten years */
export function checkExpiration(text: string): number {
  const invalid = (why: string) => preconditionFailed(`invalid expiration '${text}': ${why}`);
  const digits = /^[+-]?\d+/.exec(text)?.[0];
  if (digits === undefined) throw invalid('no_integer');
  const rest = text.slice(digits.length);
  if (rest !== '') throw invalid(`{leftover_string,"${rest}"}`);
  const value = Number(digits);
  if (value < 0) throw invalid(`{value_negative,${digits}}`);
  if (value > EXPIRATION_MAX_MS) throw invalid(`{value_too_large,${BigInt(digits)}}`);
  return value;
}

function keysOf(headers: FieldTable, name: 'CC' | 'BCC'): string[] | undefined {
  const value = headers.get(name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) {
    throw preconditionFailed(`invalid message: {unacceptable_type_in_header,"${name}",${fieldTypeName(value)}}`);
  }
  return value.filter((item) => typeof item === 'string');
}

function without(headers: FieldTable, name: string): FieldTable {
  const rest = new Map(headers);
  rest.delete(name);
  return rest;
}
