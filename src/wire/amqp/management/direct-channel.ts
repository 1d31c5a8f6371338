import {
  type AmqpChannel,
  type AmqpConnection,
  AmqpError,
  type ChannelSink,
  type VirtualHost,
} from '../../../models/amqp/index.js';
import { badRequest, type ManagementError, notAuthorised, notFoundBecause } from './answer.js';
import type { ManagementRequest } from './request.js';

/** What came back over a channel while it was used. */
export interface DirectResults {
  returnedCount: number;
}

/**
 * Does what a request asks for over a channel of its own, as RabbitMQ's management plugin does, so that rights, checks
 * and texts are those of AMQP.
 *
 * @param vhost one that is not there is refused as one that the user may not use
 * @param refuse what an AMQP error becomes
 * @throws ManagementError
 */
export function overChannel<T>(
  request: ManagementRequest,
  vhost: VirtualHost | undefined,
  use: (channel: AmqpChannel, results: DirectResults) => T,
  refuse = refusalOf,
): T {
  if (!vhost) throw notAuthorised('Access refused.');
  try {
    return onChannel(request.broker.openInternal(request.user, vhost), use);
  } catch (error) {
    throw error instanceof AmqpError ? refuse(error) : error;
  }
}

function onChannel<T>(connection: AmqpConnection, use: (channel: AmqpChannel, results: DirectResults) => T): T {
  const results: DirectResults = { returnedCount: 0 };
  try {
    return use(connection.openChannel(1, sinkOf(results)), results);
  } finally {
    connection.close();
  }
}

function sinkOf(results: DirectResults): ChannelSink {
  return {
    deliver: () => {},
    returned: () => {
      results.returnedCount++;
    },
    confirm: () => {},
    cancelled: () => {},
    committed: () => {},
    closed: () => {},
  };
}

/** How requests answer an AMQP error that RabbitMQ sends to a client of its own. */
export function refusalInFull({ code, replyCode, replyText }: AmqpError): ManagementError {
  if (code === 'NOT_FOUND') return notFoundBecause(replyText);
  return code === 'ACCESS_REFUSED' ? notAuthorised(replyText) : badRequest(`${replyCode} ${replyText}`);
}

/** How most requests answer an AMQP error. */
function refusalOf(error: AmqpError): ManagementError {
  if (error.code === 'ACCESS_REFUSED') return notAuthorised('Access refused.');
  return error.code === 'NOT_FOUND' ? notFoundBecause(error.message) : badRequest(error.message);
}
