import {
  type AmqpChannel,
  type AmqpConnection,
  AmqpError,
  type ChannelSink,
  type VirtualHost,
} from '../../../models/amqp/index.js';
import { badRequest, notAuthorised, notFoundBecause } from './answer.js';
import type { ManagementRequest } from './request.js';

/** What came back over a channel while it was used. */
export interface DirectResults {
  returnedCount: number;
}

/**
 * Does what a request asks for over a channel of its own, as RabbitMQ's management plugin does, so that rights, checks
 * and texts are those of AMQP.
 *
 * @param textOf what the answer tells of an error that is not about rights or what is missing
 * @throws ManagementError with the AMQP error's text
 */
export function overChannel<T>(
  request: ManagementRequest,
  vhost: VirtualHost,
  use: (channel: AmqpChannel, results: DirectResults) => T,
  textOf = (error: AmqpError): string => error.message,
): T {
  return translated(() => onChannel(request.broker.openInternal(request.user, vhost), use), textOf);
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

/** Turns AMQP errors into the answers that RabbitMQ gives for them. */
function translated<T>(act: () => T, textOf: (error: AmqpError) => string): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof AmqpError)) throw error;
    if (error.code === 'ACCESS_REFUSED') throw notAuthorised('Access refused.');
    if (error.code === 'NOT_FOUND') throw notFoundBecause(error.message);
    throw badRequest(textOf(error));
  }
}
