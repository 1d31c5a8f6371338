import { AMQPClient } from '@cloudamqp/amqp-client';
import { expect, test } from 'vitest';
import { startBroker } from '../../../src/index.js';

test('@cloudamqp/amqp-client publishes with confirms and consumes', async () => {
  const broker = await startBroker();
  const client = new AMQPClient(broker.urls.amqp.replace('amqp://', 'amqp://guest:guest@'));
  const connection = await client.connect();
  const channel = await connection.channel();
  await channel.confirmSelect();
  await channel.queueDeclare('work', { durable: true });
  await channel.exchangeDeclare('events', 'topic');
  await channel.queueBind('work', 'events', 'user.#');
  const body = 'x'.repeat(20_000);
  await channel.basicPublish('events', 'user.created', body, { headers: { n: 1 }, messageId: 'm' });
  const message = await new Promise<{ text: string | null; id: string | undefined }>((resolve, reject) => {
    channel
      .basicConsume('work', { noAck: false }, async (each) => {
        await each.ack();
        resolve({ text: each.bodyString(), id: each.properties.messageId });
      })
      .catch(reject);
  });
  expect(message).toEqual({ text: body, id: 'm' });
  expect((await channel.queueDeclare('work', { passive: true })).messageCount).toBe(0);
  await connection.close();
  await broker.close();
});
