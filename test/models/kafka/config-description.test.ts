import { expect, test } from 'vitest';
import { createBrokerConfig, createNodeConfig, createTopicConfig } from '../../../src/models/kafka/config.js';
import { describeSetting } from '../../../src/models/kafka/config-description.js';

const cluster = () => createBrokerConfig({});
const nothing = () => {};

test('a setting of a topic can be changed, one of a node often not', () => {
  const node = createNodeConfig(cluster(), 1, null);
  const topic = createTopicConfig(cluster(), nothing);
  const readOnly = [
    describeSetting(topic, 'retention.bytes'),
    describeSetting(node, 'log.retention.bytes'),
    describeSetting(node, 'node.id'),
  ].map((setting) => setting.readOnly);
  expect(readOnly).toEqual([false, false, true]);
});

test('a default that is told in hours is no value, and no synonym unless one in milliseconds is there', () => {
  const node = createNodeConfig(cluster(), 1, null);
  expect(describeSetting(node, 'log.retention.ms')).toMatchObject({ value: null, source: 5, synonyms: [] });
  node.set('log.retention.ms', 7);
  expect(describeSetting(node, 'log.retention.ms')).toMatchObject({
    value: '7',
    synonyms: [
      { name: 'log.retention.ms', value: '7', source: 2 },
      { name: 'log.retention.hours', value: '168', source: 5 },
    ],
  });
});

test('a default that no setting of nodes stands behind is no synonym', () => {
  const topic = createTopicConfig(cluster(), nothing);
  expect(describeSetting(topic, 'flush.ms')).toMatchObject({ source: 5, synonyms: [] });
});

test('what was set on nodes without anybody knowing it is told of, but not what it says', () => {
  const all = cluster();
  const node = createNodeConfig(all, 1, null);
  all.replace(new Map([['my.plugin', 'y']]));
  node.replace(new Map([['my.plugin', 'x']]));
  const told = (source: number) => ({ name: 'my.plugin', value: null, source });
  const hidden = { name: 'my.plugin', value: null, readOnly: true, sensitive: true, type: 0 };
  expect(describeSetting(node, 'my.plugin')).toEqual({ ...hidden, source: 2, synonyms: [told(2), told(3)] });
  expect(describeSetting(all, 'my.plugin')).toEqual({ ...hidden, source: 3, synonyms: [told(3)] });
});

test('how much replicas may copy is told once it is set', () => {
  const name = 'leader.replication.throttled.rate';
  const node = createNodeConfig(cluster(), 1, null);
  expect(node.names().has(name)).toBe(false);
  node.replace(new Map([[name, ' 1000 ']]));
  const synonyms = [{ name, value: '1000', source: 2 }];
  expect(describeSetting(node, name)).toEqual({
    name,
    value: '1000',
    source: 2,
    readOnly: true,
    sensitive: false,
    type: 5,
    synonyms,
  });
});
