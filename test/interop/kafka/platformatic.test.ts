/** The newest @platformatic/kafka that runs on Node 20. */
import {
  Admin,
  ConfigResourceTypes,
  Consumer,
  Producer,
  ResourcePatternTypes,
  ResourceTypes,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
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

test('the admin client grows topics, changes settings, deletes records, sees and moves groups, keeps rules', async () => {
  const broker = await startTestBroker({ nodes: 3, kafka: { authorizer: { allowEveryoneIfNoAclFound: true } } });
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: broker.urls.kafka.split(',') });
  atEnd(async () => admin.close());
  await admin.createTopics({
    topics: ['t'],
    partitions: 1,
    replicas: 3,
    configs: [{ name: 'retention.ms', value: '5' }],
  });
  await admin.createPartitions({ topics: [{ name: 't', count: 2, assignments: [{ brokerIds: [3, 1, 2] }] }] });
  expect(broker.kafka.topic('t').partitions[1]?.replicas).toEqual([3, 1, 2]);

  const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: 't' };
  const configs = [{ name: 'max.message.bytes', configOperation: 0, value: '2000' }] as const;
  await admin.incrementalAlterConfigs({ resources: [{ ...resource, configs: [...configs] }] });
  const configurationKeys = ['max.message.bytes', 'retention.ms'];
  const [described] = await admin.describeConfigs({ resources: [{ ...resource, configurationKeys }] });
  expect(described?.configs.map(({ value }) => value)).toEqual(['2000', '5']);

  broker.kafka.produce(
    't',
    [1, 2, 3].map((n) => ({ value: `${n}`, partition: 0 })),
  );
  const cut = [{ name: 't', partitions: [{ partition: 0, offset: 2n }] }];
  expect(await admin.deleteRecords({ topics: cut })).toEqual([
    { name: 't', partitions: [{ partition: 0, lowWatermark: 2n }] },
  ]);
  const [listed] = await admin.listOffsets({
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
  });
  expect(listed?.partitions[0]).toMatchObject({ partitionIndex: 0, offset: 3n });

  await admin.alterConsumerGroupOffsets({
    groupId: 'g',
    topics: [{ name: 't', partitionOffsets: [{ partition: 0, offset: 2n }] }],
  });
  const [offsets] = await admin.listConsumerGroupOffsets({ groups: ['g'] });
  expect(offsets?.topics[0]?.partitions[0]).toMatchObject({ partitionIndex: 0, committedOffset: 2n });
  expect([...(await admin.listGroups()).keys()]).toEqual(['g']);
  expect((await admin.describeGroups({ groups: ['g'] })).get('g')?.state).toBe('EMPTY');
  await admin.deleteGroups({ groups: ['g'] });
  expect(broker.kafka.group('g').state).toBe('Dead');

  const rule = {
    resourceType: ResourceTypes.TOPIC,
    resourceName: 't',
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: 'User:ANONYMOUS',
    host: '*',
    operation: 2,
    permissionType: 3,
  } as const;
  await admin.createAcls({ creations: [rule] });
  expect((await admin.describeAcls({ filter: rule })).length).toBe(1);
});
