import { expect, it } from 'vitest';
import { Delivery, Envelope } from '../../../src/models/amqp/envelope.js';

const published = () => new Envelope('e', 'k', { priority: 3 }, new Uint8Array([1, 2]), ['blind']);

it('a copy shares the content, and nothing that belongs to a queue', () => {
  const envelope = published();
  Object.assign(envelope, { position: 7, expiresAtMs: 9, returnCount: 2 });
  const copy = envelope.copy();
  expect(copy).toEqual(published());
  expect(copy.body).toBe(envelope.body);
  expect(copy.properties).toBe(envelope.properties);
});

it('a delivery is a redelivery once the message came back, and does not change with it', () => {
  const envelope = published();
  const first = new Delivery('c', 1, envelope);
  envelope.returnCount++;
  expect(envelope.redelivered).toBe(true);
  expect([first.redelivered, new Delivery('c', 2, envelope).redelivered]).toEqual([false, true]);
});
