/**
 * Direct reply-to: replies go straight to the channel that asked, past any queue.
 *
 * @see https://www.rabbitmq.com/docs/direct-reply-to
 */
import type { Random } from '../../core/random.js';

/** What a client consumes from, and puts into `reply-to`. */
export const REPLY_TO = 'amq.rabbitmq.reply-to';

const PREFIX = `${REPLY_TO}.`;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Whether a queue name is the plain one or one that was made up for a reply. */
export const isReplyName = (name: string): boolean => name === REPLY_TO || name.startsWith(PREFIX);

/** What stands for the asking channel in requests: opaque, and impossible to guess. */
export function newReplyName(random: Random): string {
  return `${PREFIX}${random.text(31, BASE64)}=.${random.text(22, BASE64)}==`;
}
