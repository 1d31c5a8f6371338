import { type Consumer, Kafka, logLevel } from 'kafkajs';
import type { Broker } from '../../src/index.js';
import { type Bus, Inbox, type Reader } from './bus.js';

/** kafkajs: a topic for each place with a partition for each of two keys, a consumer group for each reader. */
export async function createKafkaBus(broker: Broker): Promise<Bus> {
  const retry = { initialRetryTime: 10, maxRetryTime: 50, retries: 50 };
  const brokers = [broker.urls.kafka];
  let kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry });
  let admin = kafka.admin();
  let producer = kafka.producer();
  const connect = () => Promise.all([admin.connect(), producer.connect()]);
  await connect();
  const open = new Set<Consumer>();

  const read = async (place: string, groupId: string, options: { acks?: boolean } = {}): Promise<Reader> => {
    await admin.createTopics({ topics: [{ topic: place, numPartitions: 2 }] });
    const consumer = kafka.consumer({ groupId: `${place}.${groupId}`, maxWaitTimeInMs: 20, heartbeatInterval: 100 });
    open.add(consumer);
    const inbox = new Inbox();
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.connect();
    await consumer.subscribe({ topic: place, fromBeginning: true });
    await consumer.run({
      autoCommit: options.acks !== false,
      autoCommitThreshold: 1,
      eachMessage: async ({ message }) => {
        inbox.push({ key: String(message.key), text: String(message.value) });
      },
    });
    await joined;
    return {
      until: (end) => inbox.until(end),
      crash: async () => {
        open.delete(consumer);
        await consumer.disconnect();
      },
    };
  };
  return {
    name: 'Kafka topic',
    read,
    replay: async (place, groupId) => {
      await admin.setOffsets({
        groupId: `${place}.${groupId}`,
        topic: place,
        partitions: [0, 1].map((partition) => ({ partition, offset: '0' })),
      });
      return read(place, groupId);
    },
    publish: async (topic, events) => {
      await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
      const messages = events.map(({ key, text }) => ({ key, value: text, partition: key === 'created' ? 0 : 1 }));
      await producer.send({ topic, messages });
    },
    prepare: async () => {},
    endReaders: async () => {
      await Promise.all([...open].map((consumer) => consumer.disconnect()));
      open.clear();
    },
    disconnect: async () => void (await Promise.all([admin.disconnect(), producer.disconnect()])),
    reconnect: async () => {
      kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry });
      admin = kafka.admin();
      producer = kafka.producer();
      await connect();
    },
  };
}
