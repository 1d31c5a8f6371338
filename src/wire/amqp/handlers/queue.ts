/** Class queue (50). */
import { handler } from '../handler.js';
import { METHODS } from '../method.js';

export const QUEUE_HANDLERS = [
  handler(METHODS.queueDeclare, ({ args, nowait, ...values }, { channel, reply }) => {
    const declared = channel.queueDeclare({ ...values, arguments: args });
    if (!nowait) reply(METHODS.queueDeclareOk, declared);
  }),
  handler(METHODS.queueBind, ({ queue, exchange, routingKey, args, nowait }, { channel, reply }) => {
    channel.queueBind({ queue, exchange, routingKey, arguments: args });
    if (!nowait) reply(METHODS.queueBindOk, {});
  }),
  handler(METHODS.queueUnbind, ({ queue, exchange, routingKey, args }, { channel, reply }) => {
    channel.queueUnbind({ queue, exchange, routingKey, arguments: args });
    reply(METHODS.queueUnbindOk, {});
  }),
  handler(METHODS.queuePurge, ({ queue, nowait }, { channel, reply }) => {
    const messageCount = channel.queuePurge(queue);
    if (!nowait) reply(METHODS.queuePurgeOk, { messageCount });
  }),
  handler(METHODS.queueDelete, ({ queue, ifUnused, ifEmpty, nowait }, { channel, reply }) => {
    const messageCount = channel.queueDelete({ queue, ifUnused, ifEmpty });
    if (!nowait) reply(METHODS.queueDeleteOk, { messageCount });
  }),
];
