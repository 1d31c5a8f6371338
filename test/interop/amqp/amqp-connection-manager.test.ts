import { connect } from 'amqp-connection-manager';
import type { ConfirmChannel } from 'amqplib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Broker, startBroker } from '../../../src/index.js';

let broker: Broker;

beforeEach(async () => {
  broker = await startBroker();
});

afterEach(() => broker.close());

test('amqp-connection-manager consumes again after the broker restarted', async () => {
  const manager = connect([broker.urls.amqp], {
    heartbeatIntervalInSeconds: 0,
    reconnectTimeInSeconds: 0.01,
    connectionOptions: { noDelay: true },
  });
  const bodies: string[] = [];
  let arrived = () => {};
  const wrapper = manager.createChannel({
    setup: async (channel: ConfirmChannel) => {
      await channel.assertQueue('work', { durable: true });
      await channel.consume('work', (message) => {
        if (!message) return;
        bodies.push(message.content.toString());
        channel.ack(message);
        arrived();
      });
    },
  });
  const next = () =>
    new Promise<void>((resolve) => {
      arrived = resolve;
    });
  await wrapper.waitForConnect();
  let waiting = next();
  await wrapper.sendToQueue('work', 'before', { persistent: true });
  await waiting;
  const reconnected = new Promise<void>((resolve) => {
    manager.once('disconnect', () => wrapper.once('connect', resolve));
  });
  await broker.idle(); // the ack has arrived
  await broker.restart();
  await reconnected;
  waiting = next();
  await wrapper.sendToQueue('work', 'after', { persistent: true });
  await waiting;
  expect(bodies).toEqual(['before', 'after']);
  await manager.close();
});
