import { expect, test } from 'vitest';
import { Outbox } from '../../../src/core/outbox.js';
import { NativeSubscriber } from '../../../src/models/redis/native-subscriber.js';
import { PubSubMessage } from '../../../src/models/redis/subscriber.js';

const message = (payload: string) => new PubSubMessage('message', undefined, 'x', payload, true);

test('is called when the running command has ended', () => {
  const outbox = new Outbox(() => {});
  const seen: string[] = [];
  const subscriber = new NativeSubscriber(outbox, (m) => seen.push(m.text()));
  outbox.run(() => {
    subscriber.deliver(message('1'));
    expect(seen).toEqual([]);
  });
  expect(seen).toEqual(['1']);
});

test('gets nothing after its end, not even what was posted before', () => {
  const outbox = new Outbox(() => {});
  const seen: string[] = [];
  const subscriber = new NativeSubscriber(outbox, (m) => seen.push(m.text()));
  outbox.run(() => {
    subscriber.deliver(message('1'));
    subscriber.end();
  });
  expect(seen).toEqual([]);
});

test('what a callback throws is reported and stops nobody', () => {
  const errors: unknown[] = [];
  const outbox = new Outbox((error) => errors.push(error));
  const seen: string[] = [];
  const failing = new NativeSubscriber(outbox, () => {
    throw new Error('mine');
  });
  const working = new NativeSubscriber(outbox, (m) => seen.push(m.text()));
  outbox.run(() => {
    for (const subscriber of [failing, working]) subscriber.deliver(message('1'));
  });
  expect(errors).toHaveLength(1);
  expect(seen).toEqual(['1']);
});
