import type { AmqpChannel } from './channel.js';
import type { ConsumeArguments } from './channel-sink.js';
import {
  accessRefused,
  crashed,
  LOCKED_BY_SINGLE_ACTIVE_CONSUMER,
  notImplemented,
  preconditionFailed,
  queueLocked,
} from './errors.js';
import { EMPTY_TABLE } from './field-table.js';
import type { Queue } from './queue.js';
import { checkConsumerArguments } from './queue-arguments.js';
import { StreamQueue } from './stream-queue.js';

/** Whether a consumer may be added to a queue that its connection may read. @throws AmqpError */
export function checkConsume(channel: AmqpChannel, queue: Queue, args: ConsumeArguments): void {
  const where = whereIs(queue);
  const table = args.arguments ?? EMPTY_TABLE;
  checkConsumerArguments(table, queue.type, where);
  if (queue instanceof StreamQueue) {
    if (channel.consumerPrefetch === 0) throw preconditionFailed(`consumer prefetch count is not set for '${where}'`);
    if (args.noAck) throw notImplemented(`automatic acknowledgement not supported by stream queues ${where}`);
  }
  if (queue.type !== 'classic' && channel.deliveries.globalPrefetch > 0) {
    throw notImplemented(`${where} does not support global qos`);
  }
  if (queue instanceof StreamQueue) {
    queue.checkOffset(table.get('x-stream-offset'));
    return;
  }
  // To a quorum queue all consumers are alike.
  if (queue.type === 'quorum') return;
  const { consumers } = queue;
  const taken = consumers.exclusive !== undefined;
  const refused = args.exclusive ? consumers.size > 0 || queue.singleActiveConsumer : taken;
  if (refused) throw accessRefused(`${where} in exclusive use`);
}

/** Whether single messages may be got from a queue. @throws AmqpError */
export function checkGet(queue: Queue): void {
  if (queue.type === 'stream') throw notImplemented(`basic.get not supported by stream queues ${whereIs(queue)}`);
  if (queue.type === 'quorum' && queue.singleActiveConsumer) {
    throw queueLocked(queue.name, queue.host.name, LOCKED_BY_SINGLE_ACTIVE_CONSUMER);
  }
}

/** Whether messages may be sent back to a queue, or refused for good. @throws AmqpError */
export function checkReturn(queue: Queue): void {
  if (queue.type !== 'stream') return;
  throw notImplemented(`basic.nack and basic.reject not supported by stream queues ${whereIs(queue)}`);
}

/** Whether all that a channel has of a queue may come back at once. @throws AmqpError */
export function checkRecover(queue: Queue): void {
  // RabbitMQ's channel does not expect to be refused.
  if (queue.type === 'stream') throw crashed();
}

const whereIs = (queue: Queue): string => `queue '${queue.name}' in vhost '${queue.host.name}'`;
