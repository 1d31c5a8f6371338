/** Class confirm (85): RabbitMQ's publisher confirms. */
import { handler } from '../handler.js';
import { METHODS } from '../method.js';

export const CONFIRM_HANDLERS = [
  handler(METHODS.confirmSelect, ({ nowait }, { channel, reply }) => {
    channel.confirmSelect();
    if (!nowait) reply(METHODS.confirmSelectOk, {});
  }),
];
