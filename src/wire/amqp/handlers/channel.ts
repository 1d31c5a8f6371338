/** Class channel (20). open, close and close-ok belong to the channel's life cycle, see ../channel.ts. */
import { handler } from '../handler.js';
import { METHODS } from '../method.js';

export const CHANNEL_HANDLERS = [
  handler(
    METHODS.channelFlow,
    ({ active }, { channel, reply }) => {
      channel.flow(active);
      reply(METHODS.channelFlowOk, { active });
    },
    'active=true only, as in RabbitMQ',
  ),
];
