import { expect, it } from 'vitest';
import { loadTopic, saveTopic } from '../../../src/models/kafka/cluster-snapshot.js';
import { kafkaModel } from '../../helpers/kafka-model.js';

it('a topic goes into plain data and back, with its settings, leaders and logs', () => {
  const { broker } = kafkaModel({ nodes: 2 });
  broker.createTopic('t', { partitions: 2, replicationFactor: 2, config: { 'retention.ms': '5' } });
  broker.produce('t', { key: 'k', value: 'v', partition: 1 });
  const topic = broker.cluster.topic('t')!;
  const loaded = loadTopic(saveTopic(topic));
  expect([loaded.name, loaded.id, loaded.config.get('retention.ms')]).toEqual(['t', topic.id, '5']);
  expect(loaded.partitions.map(({ leader, isr }) => [leader, [...isr]])).toEqual(
    topic.partitions.map(({ leader, isr }) => [leader, [...isr]]),
  );
  const leader = topic.partitions[1]!.leader;
  expect(loaded.partitions[1]?.logs.get(leader)).toMatchObject({ logStart: 0, highWatermark: 1, logEnd: 1 });
});
