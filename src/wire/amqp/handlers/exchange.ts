/** Class exchange (40). */
import { handler } from '../handler.js';
import { METHODS } from '../method.js';

export const EXCHANGE_HANDLERS = [
  handler(METHODS.exchangeDeclare, ({ args, nowait, ...values }, { channel, reply }) => {
    channel.exchangeDeclare({ ...values, arguments: args });
    if (!nowait) reply(METHODS.exchangeDeclareOk, {});
  }),
  handler(METHODS.exchangeDelete, ({ exchange, ifUnused, nowait }, { channel, reply }) => {
    channel.exchangeDelete({ exchange, ifUnused });
    if (!nowait) reply(METHODS.exchangeDeleteOk, {});
  }),
  handler(METHODS.exchangeBind, ({ destination, source, routingKey, args, nowait }, { channel, reply }) => {
    channel.exchangeBind({ destination, source, routingKey, arguments: args });
    if (!nowait) reply(METHODS.exchangeBindOk, {});
  }),
  handler(METHODS.exchangeUnbind, ({ destination, source, routingKey, args, nowait }, { channel, reply }) => {
    channel.exchangeUnbind({ destination, source, routingKey, arguments: args });
    if (!nowait) reply(METHODS.exchangeUnbindOk, {});
  }),
];
