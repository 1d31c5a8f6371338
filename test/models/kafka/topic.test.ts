import { expect, it } from 'vitest';
import { kafkaModel } from '../../helpers/kafka-model.js';

const topicOf = (name: string) => {
  const { broker } = kafkaModel();
  broker.createTopic(name, { partitions: 1 });
  return broker.cluster.topic(name)!;
};

it('a topic numbers its partitions, and marks those as deleted that it gives up', () => {
  const topic = topicOf('t');
  const added = topic.addPartition([1]);
  expect([added.index, topic.partitions.length]).toEqual([1, 2]);
  topic.dropPartitions(1);
  expect([added.deleted, topic.partitions[0]?.deleted, topic.partitions.length]).toEqual([true, false, 1]);
});

it('a topic reads its settings anew when one was changed', () => {
  const { broker } = kafkaModel();
  broker.createTopic('t', { config: { 'retention.ms': '5', 'cleanup.policy': 'compact,delete' } });
  const { settings } = broker.cluster.topic('t')!;
  expect(settings).toMatchObject({ retentionMs: 5, compacted: true, deletes: true });
});
