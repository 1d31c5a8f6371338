/** Class access (30): tickets, which nobody checks any more. */
import { handler } from '../handler.js';
import { METHODS } from '../method.js';

export const ACCESS_HANDLERS = [
  handler(
    METHODS.accessRequest,
    (_values, { reply }) => reply(METHODS.accessRequestOk, { ticket: 1 }),
    'answers ticket 1',
  ),
];
