import { expect, test } from 'vitest';
import { incrementalAlterConfigsApi } from '../../../../src/wire/kafka/handlers/incremental-alter-configs.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

const resource = (name: string, resourceType = 2) => ({ resourceType, resourceName: name });
const overrides = (world: KafkaWorld) => Object.fromEntries(world.broker.cluster.topic('t')?.config.overrides ?? []);

test('IncrementalAlterConfigs edits what was set, and nothing when it only validates', () => {
  const world = new KafkaWorld();
  const client = world.connect();
  world.broker.createTopic('t', { config: { 'retention.ms': 5 } });
  const edit = (
    configs: Array<{ name: string; configOperation: number; value: string | null }>,
    validateOnly = false,
  ) =>
    client.ask(incrementalAlterConfigsApi, 1, { resources: [{ ...resource('t'), configs }], validateOnly }).responses[0]
      ?.errorCode;
  expect(edit([{ name: 'max.message.bytes', configOperation: 0, value: '9' }])).toBe('NONE');
  expect(overrides(world)).toEqual({ 'retention.ms': '5', 'max.message.bytes': '9' });
  expect(edit([{ name: 'cleanup.policy', configOperation: 2, value: 'compact' }])).toBe('NONE');
  expect(overrides(world)['cleanup.policy']).toBe('delete,compact');
  expect(edit([{ name: 'cleanup.policy', configOperation: 3, value: 'delete' }])).toBe('NONE');
  expect(world.broker.cluster.topic('t')?.settings).toMatchObject({ compacted: true, deletes: false });
  expect(edit([{ name: 'retention.ms', configOperation: 2, value: '1' }])).toBe('INVALID_CONFIG');
  expect(edit([{ name: 'nonsense', configOperation: 0, value: '1' }])).toBe('INVALID_CONFIG');
  expect(edit([1, 2].map((n) => ({ name: 'retention.ms', configOperation: 0, value: `${n}` })))).toBe(
    'INVALID_REQUEST',
  );
  expect(edit([{ name: 'retention.ms', configOperation: 1, value: null }], true)).toBe('NONE');
  expect(overrides(world)['retention.ms']).toBe('5');
});

test('a resource that stands in a request twice is not changed', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const resource = {
    resourceType: 2,
    resourceName: 't',
    configs: [{ name: 'retention.ms', configOperation: 0, value: '5' }],
  };
  const { responses } = world
    .connect()
    .ask(incrementalAlterConfigsApi, 1, { resources: [resource, resource], validateOnly: false });
  expect(responses.map(({ errorCode }) => errorCode)).toEqual(['INVALID_REQUEST', 'INVALID_REQUEST']);
});

test('only lists grow, of whatever topic; a flag may be written in capitals', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const ask = (resourceName: string, name: string, configOperation: number, value: string) =>
    world.connect().ask(incrementalAlterConfigsApi, 1, {
      resources: [{ resourceType: 2, resourceName, configs: [{ name, configOperation, value }] }],
      validateOnly: false,
    }).responses[0]?.errorCode;
  expect(ask('none', 'retention.ms', 2, '1')).toBe('INVALID_CONFIG');
  expect(ask('none', 'cleanup.policy', 2, 'compact')).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  expect(ask('t', 'preallocate', 0, 'TRUE')).toBe('NONE');
});

test('throttled replicas are all of them, or pairs of partition and node', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const ask = (value: string, resourceType = 2) =>
    world.connect().ask(incrementalAlterConfigsApi, 1, {
      resources: [
        {
          resourceType,
          resourceName: 't',
          configs: [{ name: 'leader.replication.throttled.replicas', configOperation: 0, value }],
        },
      ],
      validateOnly: false,
    }).responses[0]?.errorCode;
  expect(['*', '0:1,2:3', '', 'x', '*,0:1'].map((value) => ask(value))).toEqual([
    'NONE',
    'NONE',
    'NONE',
    'INVALID_CONFIG',
    'INVALID_CONFIG',
  ]);
  expect(ask('x', 1)).toBe('INVALID_REQUEST');
});
