import { expect, it } from 'vitest';
import { createBrokerConfig } from '../../../src/models/kafka/config.js';
import { checkTopicSettings, readTopicSettings } from '../../../src/models/kafka/topic-settings.js';
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

it('settings of a topic are checked by themselves, and with the others', () => {
  const check = (settings: Record<string, string>, broker: Record<string, string> = {}) => {
    const cluster = createBrokerConfig({ config: broker });
    return () => checkTopicSettings(new Map(Object.entries(settings)), cluster);
  };
  const lags = { 'min.compaction.lag.ms': '9', 'max.compaction.lag.ms': '5' };
  expect(check(lags)).toThrow('conflict topic config setting min.compaction.lag.ms (9) > max.compaction.lag.ms (5)');
  expect(check({ 'max.compaction.lag.ms': '5' }, { 'log.cleaner.min.compaction.lag.ms': '9' })).toThrow('(9) >');
  expect(check({ 'remote.storage.enable': 'true' })).toThrow('Tiered Storage functionality is disabled');
  expect(check({ 'compression.gzip.level': '0' })).toThrow('Value must be between 1 and 9 or equal to -1');
  expect(check({ 'compression.lz4.level': '18' })).toThrow('Value must be no more than 17');
  expect(check({ 'min.cleanable.dirty.ratio': '2' })).toThrow('Invalid value 2.0 for');
  expect(check({ 'compression.type': ' gzip ', 'compression.gzip.level': '-1' })).not.toThrow();
});

it.each([
  [{ 'compression.type': 'GZIP', 'segment.bytes': '13' }, 'segment.bytes: Value must be at least 14'],
  [{ 'min.cleanable.dirty.ratio': '-0.1', 'retention.bytes': '1.5' }, 'retention.bytes: Not a number of type LONG'],
  [{ 'message.timestamp.before.max.ms': '-1', 'message.timestamp.type': 'x' }, 'message.timestamp.type: String'],
  [{ 'message.format.version': '4.0' }, 'Invalid value 4.0 for configuration message.format.version: Version 4.0 is'],
])('of settings %j Kafka tells what is wrong with the one that it defines first', (settings, text) => {
  const cluster = createBrokerConfig({});
  expect(() => checkTopicSettings(new Map(Object.entries(settings)), cluster)).toThrow(text);
});
