import { Connection } from 'rabbitmq-client';
import { expect, test } from 'vitest';
import { startBroker } from '../../../src/index.js';

test('rabbitmq-client publishes, consumes and calls by direct reply', async () => {
  const broker = await startBroker();
  const connection = new Connection({ url: broker.urls.amqp.replace('//', '//guest:guest@'), noDelay: true });
  const server = connection.createConsumer(
    { queue: 'rpc', queueOptions: { durable: true }, qos: { prefetchCount: 2 } },
    async (request, reply) => {
      await reply({ doubled: request.body.n * 2 });
    },
  );
  await new Promise<void>((resolve) => server.once('ready', resolve));
  const client = connection.createRPCClient({ confirm: true });
  const { body } = await client.send('rpc', { n: 21 });
  expect(body).toEqual({ doubled: 42 });
  const publisher = connection.createPublisher({ confirm: true });
  await publisher.send('unbound', 'lost');
  await client.close();
  await publisher.close();
  await server.close();
  await connection.close();
  await broker.close();
});
