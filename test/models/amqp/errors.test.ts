import { expect, it } from 'vitest';
import { AmqpError, noQueue, queueLocked } from '../../../src/models/amqp/errors.js';

it('an error has the code and the scope of the protocol, and its name before the text', () => {
  const { replyCode, scope, replyText } = noQueue('q', '/');
  expect([replyCode, scope, replyText]).toEqual([404, 'channel', "NOT_FOUND - no queue 'q' in vhost '/'"]);
  expect(new AmqpError('FRAME_ERROR', '').replyText).toBe('FRAME_ERROR');
  expect(new AmqpError('ACCESS_REFUSED', 'x', 'connection').scope).toBe('connection');
  expect(queueLocked('q', '/').message).toMatch(/^cannot obtain exclusive access to locked queue 'q' in vhost '\/'\./);
});

it('a text that is too long ends before a character that would not fit', () => {
  const { replyText } = new AmqpError('NOT_FOUND', 'é'.repeat(300));
  expect(Buffer.byteLength(replyText)).toBeLessThanOrEqual(255);
  expect(replyText).toMatch(/é$/);
  expect(Buffer.byteLength(`${replyText}é`)).toBeGreaterThan(255);
});
