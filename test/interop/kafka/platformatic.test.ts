/** The newest @platformatic/kafka that runs on Node 20. */
import { Admin, Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import { expect, test } from 'vitest';
import { atEnd, startTestBroker } from './client.js';

test('makes a topic, produces with each codec it has, and consumes in a group', async () => {
  const broker = await startTestBroker();
  const options = { clientId: 'test', bootstrapBrokers: broker.urls.kafka.split(',') };
  const admin = new Admin(options);
  atEnd(async () => admin.close());
  await admin.createTopics({ topics: ['t'], partitions: 2 });
  const producer = new Producer({ ...options, serializers: stringSerializers });
  atEnd(async () => producer.close());
  const codecs = ['none', 'gzip', 'snappy', 'lz4'] as const;
  for (const compression of codecs) {
    const messages = [{ topic: 't', key: compression, value: 'x'.repeat(300), headers: { codec: compression } }];
    await producer.send({ messages, compression, acks: -1 });
  }
  const consumer = new Consumer({ ...options, groupId: 'g', deserializers: stringDeserializers });
  atEnd(async () => consumer.close(true));
  const stream = await consumer.consume({ topics: ['t'], mode: 'earliest', autocommit: false, maxWaitTime: 50 });
  const keys: string[] = [];
  for await (const message of stream) {
    expect(message.value).toBe('x'.repeat(300));
    expect(message.headers.get('codec')).toBe(message.key);
    await message.commit();
    keys.push(message.key);
    if (keys.length === codecs.length) break;
  }
  expect(keys.sort()).toEqual([...codecs].sort());
  expect(
    broker.kafka
      .topic('t')
      .records()
      .map((record) => record.key)
      .sort(),
  ).toEqual([...codecs].sort());
  await admin.deleteTopics({ topics: ['t'] });
  expect(broker.kafka.topic('t').exists).toBe(false);
});
