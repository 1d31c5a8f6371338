/** Every method that a client may send on an open channel, one file a class. */
import type { Handler } from '../handler.js';
import { ACCESS_HANDLERS } from './access.js';
import { BASIC_HANDLERS } from './basic.js';
import { CHANNEL_HANDLERS } from './channel.js';
import { CONFIRM_HANDLERS } from './confirm.js';
import { EXCHANGE_HANDLERS } from './exchange.js';
import { QUEUE_HANDLERS } from './queue.js';
import { TX_HANDLERS } from './tx.js';

export { publish } from './basic.js';

export const HANDLERS: readonly Handler[] = [
  ...CHANNEL_HANDLERS,
  ...ACCESS_HANDLERS,
  ...EXCHANGE_HANDLERS,
  ...QUEUE_HANDLERS,
  ...BASIC_HANDLERS,
  ...CONFIRM_HANDLERS,
  ...TX_HANDLERS,
];
