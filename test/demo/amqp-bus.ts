import amqplib, { type Channel, type ChannelModel } from 'amqplib';
import type { Broker } from '../../src/index.js';
import { type Bus, Inbox, type Reader } from './bus.js';

/** amqplib: a topic exchange for each place, a durable queue for each reader, persistent messages, acks. */
export async function createAmqpBus(broker: Broker): Promise<Bus> {
  const open = new Set<ChannelModel>();
  const connect = async (): Promise<ChannelModel> => {
    const connection = await amqplib.connect(broker.urls.amqp, { noDelay: true });
    connection.on('error', () => {});
    connection.on('close', () => open.delete(connection));
    open.add(connection);
    return connection;
  };
  const connectPublisher = async () => {
    const connection = await connect();
    const channel = await connection.createConfirmChannel();
    return { connection, channel };
  };
  let publisher = await connectPublisher();

  const declare = async (channel: Channel, place: string, reader: string): Promise<string> => {
    const queue = `${place}.${reader}`;
    await channel.assertExchange(place, 'topic');
    await channel.assertQueue(queue);
    await channel.bindQueue(queue, place, '#');
    return queue;
  };
  const read = async (place: string, reader: string, options: { acks?: boolean } = {}): Promise<Reader> => {
    const connection = await connect();
    const channel = await connection.createChannel();
    const queue = await declare(channel, place, reader);
    await channel.prefetch(1);
    const inbox = new Inbox();
    await channel.consume(queue, (message) => {
      if (!message) return;
      inbox.push({ key: message.fields.routingKey, text: message.content.toString() });
      if (options.acks !== false) channel.ack(message);
    });
    return {
      until: (end) => inbox.until(end),
      crash: async () => {
        // The channel first: acks that amqplib has buffered leave before it, but not before its connection.
        await channel.close();
        await connection.close();
      },
    };
  };
  return {
    name: 'RabbitMQ exchange',
    read,
    replay: read,
    publish: async (place, events) => {
      await publisher.channel.assertExchange(place, 'topic');
      for (const { key, text } of events)
        publisher.channel.publish(place, key, Buffer.from(text), { persistent: true });
      await publisher.channel.waitForConfirms();
    },
    prepare: async (place, reader) => void (await declare(publisher.channel, place, reader)),
    endReaders: async () => {
      for (const connection of open) if (connection !== publisher.connection) await connection.close();
    },
    disconnect: () => publisher.connection.close(),
    reconnect: async () => {
      publisher = await connectPublisher();
    },
  };
}
