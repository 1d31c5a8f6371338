// @ts-expect-error rascal brings no types
import rascal from 'rascal';
import { expect, test } from 'vitest';
import { startBroker } from '../../../src/index.js';

test('rascal makes a vhost over HTTP, publishes and subscribes', async () => {
  const broker = await startBroker();
  const { port } = new URL(broker.urls.inspector);
  const config = rascal.withTestConfig({
    vhosts: {
      orders: {
        assert: true,
        connection: {
          hostname: '127.0.0.1',
          port: Number(port),
          user: 'guest',
          password: 'guest',
          socketOptions: { noDelay: true },
          management: { url: broker.urls.inspector.replace('http://', 'http://guest:guest@') },
        },
        exchanges: ['events'],
        queues: ['created'],
        bindings: ['events[order.created] -> created'],
        publications: { created: { exchange: 'events', routingKey: 'order.created' } },
        subscriptions: { created: { queue: 'created' } },
      },
    },
  });
  const app = await rascal.BrokerAsPromised.create(config);
  const subscription = await app.subscribe('created');
  const received = new Promise((resolve) => {
    subscription.on('message', (_message: unknown, content: unknown, ackOrNack: () => void) => {
      ackOrNack();
      resolve(content);
    });
  });
  await app.publish('created', { id: 7 });
  expect(await received).toEqual({ id: 7 });
  await app.shutdown();
  await broker.close();
});
