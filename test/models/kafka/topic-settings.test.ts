import { expect, it } from 'vitest';
import { readTopicSettings } from '../../../src/models/kafka/topic-settings.js';
import { kafkaModel } from '../../helpers/kafka-model.js';

function settingsWith(config: Record<string, string>) {
  const { broker } = kafkaModel();
  broker.createTopic('t', { config });
  return readTopicSettings(broker.cluster.topic('t')!.config);
}

it('the settings of a topic are those of the broker until it has its own', () => {
  expect(settingsWith({})).toMatchObject({
    compacted: false,
    deletes: true,
    logAppendTime: false,
    segmentMs: 604_800_000,
  });
  expect(
    settingsWith({
      'cleanup.policy': 'compact',
      'message.timestamp.type': 'LogAppendTime',
      'min.insync.replicas': '2',
    }),
  ).toMatchObject({ compacted: true, deletes: false, logAppendTime: true, minInsyncReplicas: 2 });
});
