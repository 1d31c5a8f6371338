/** Class tx (90). tx.commit-ok is written when the model says so: behind the returns, before the deliveries. */
import { handler } from '../handler.js';
import { METHODS } from '../method.js';

export const TX_HANDLERS = [
  handler(METHODS.txSelect, (_values, { channel, reply }) => {
    channel.txSelect();
    reply(METHODS.txSelectOk, {});
  }),
  handler(METHODS.txCommit, (_values, { channel }) => channel.txCommit()),
  handler(METHODS.txRollback, (_values, { channel, reply }) => {
    channel.txRollback();
    reply(METHODS.txRollbackOk, {});
  }),
];
