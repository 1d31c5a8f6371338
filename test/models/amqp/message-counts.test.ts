import { expect, it } from 'vitest';
import { MessageCounts } from '../../../src/models/amqp/message-counts.js';

it('counts deliveries by kind, and those that come again beside that', () => {
  const counts = new MessageCounts();
  counts.delivered(false, true);
  counts.delivered(true, false);
  counts.got(false, false);
  counts.got(true, true);
  expect(counts).toMatchObject({ deliver: 1, deliverNoAck: 1, get: 1, getNoAck: 1, redeliver: 2 });
  expect(counts.deliverGet).toBe(4);
});

it('counts what reached no queue by whether somebody was told', () => {
  const counts = new MessageCounts();
  counts.unroutable(true);
  counts.unroutable(false);
  counts.unroutable(false);
  expect([counts.returnUnroutable, counts.dropUnroutable]).toEqual([1, 2]);
});

it('counts what passes a queue as published and as delivered', () => {
  const counts = new MessageCounts();
  counts.passed();
  expect(counts).toMatchObject({ publish: 1, deliver: 0, deliverNoAck: 1, redeliver: 0 });
});
