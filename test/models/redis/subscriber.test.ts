import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromText } from '../../../src/models/redis/byte-string.js';
import { PubSubMessage } from '../../../src/models/redis/subscriber.js';

test('prop: a text reads the same whether it was kept as text or as bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const kept = new PubSubMessage('message', undefined, 'x', text, true);
      const made = new PubSubMessage('message', undefined, 'x', fromText(text), false);
      expect(kept.text()).toBe(made.text());
      expect(kept.payloadBytes).toBe(made.payloadBytes);
      expect(Buffer.from(kept.body).equals(Buffer.from(made.body))).toBe(true);
    }),
  );
});

test('tells its pattern as subscribed', () => {
  const message = new PubSubMessage('pmessage', fromText('é*'), fromText('été'), '1', false);
  expect(message.pattern).toBe('é*');
  expect(message.channel).toBe('été');
  expect(message.json()).toBe(1);
  expect(new PubSubMessage('message', undefined, 'x', '', false).pattern).toBeUndefined();
});
