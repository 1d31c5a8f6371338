import { expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { isReplyName, newReplyName, REPLY_TO } from '../../../src/models/amqp/reply-to.js';

it('a name for a reply is one of its own, and known as such', () => {
  const random = new Random(1);
  const [one, other] = [newReplyName(random), newReplyName(random)];
  expect(one).not.toBe(other);
  expect([REPLY_TO, one, 'amq.rabbitmq.reply', 'queue'].map(isReplyName)).toEqual([true, true, false, false]);
});
