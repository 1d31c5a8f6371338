import { expect, test } from 'vitest';
import { createBrokerConfig, createTopicConfig } from '../../../src/models/kafka/config.js';
import { isDynamic } from '../../../src/models/kafka/setting.js';
import { readTopicSettings } from '../../../src/models/kafka/topic-settings.js';

test('a topic inherits from the cluster, what was set on it counts more', () => {
  const broker = createBrokerConfig({ config: { 'log.retention.ms': 5, 'num.partitions': 3 } });
  const topic = createTopicConfig(broker, () => {});
  expect([topic.number('retention.ms'), broker.number('num.partitions')]).toEqual([5, 3]);
  topic.set('retention.ms', 7);
  topic.set('cleanup.policy', 'compact, delete');
  expect(topic.chain('retention.ms').map(({ value, source }) => [value, source])).toEqual([
    ['7', 'topic'],
    ['5', 'static'],
    ['604800000', 'default'],
  ]);
  expect(readTopicSettings(topic)).toMatchObject({
    retentionMs: 7,
    compacted: true,
    deletes: true,
    logAppendTime: false,
  });
});

test('values that a setting cannot have are refused', () => {
  const topic = createTopicConfig(createBrokerConfig({}), () => {});
  const bad: ReadonlyArray<readonly [string, string]> = [
    ['retention.ms', 'x'],
    ['retention.ms', '-2'],
    ['cleanup.policy', 'shred'],
    ['preallocate', 'yes'],
    ['min.cleanable.dirty.ratio', '2'],
    ['max.message.bytes', '99999999999'],
    ['message.timestamp.type', 'Never'],
    ['__proto__', '1'],
  ];
  for (const [name, value] of bad)
    expect(() => topic.set(name, value)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG' }));
  expect(() => createBrokerConfig({ config: { nonsense: 1 } })).toThrow('Unknown config name: nonsense');
});

test('settings of the network cannot be changed while a broker runs', () => {
  expect([isDynamic('log.retention.ms'), isDynamic('log.cleaner.backoff.ms'), isDynamic('listeners')]).toEqual([
    true,
    true,
    false,
  ]);
});
