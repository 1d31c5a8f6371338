import { expect, test } from 'vitest';
import { describeConfigsApi } from '../../../../src/wire/kafka/handlers/describe-configs.js';
import { incrementalAlterConfigsApi } from '../../../../src/wire/kafka/handlers/incremental-alter-configs.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

const resource = (name: string, resourceType = 2) => ({ resourceType, resourceName: name });

test('DescribeConfigs says where a value comes from; nodes have read-only ones', () => {
  const world = new KafkaWorld({ config: { 'log.retention.ms': 77 } });
  const client = world.connect();
  world.broker.createTopic('t');
  const ask = (asked: ReturnType<typeof resource>, configurationKeys: string[] | null) =>
    client.ask(describeConfigsApi, 4, {
      resources: [{ ...asked, configurationKeys }],
      includeSynonyms: true,
      includeDocumentation: false,
    }).results[0];
  expect(ask(resource('t'), ['retention.ms', 'unknown'])?.configs).toMatchObject([
    {
      name: 'retention.ms',
      value: '77',
      configSource: 4,
      synonyms: [
        { name: 'log.retention.ms', value: '77', source: 4 },
        { name: 'log.retention.hours', value: '168', source: 5 },
      ],
    },
  ]);
  expect(ask(resource('t'), ['remote.storage.enable'])?.configs).toMatchObject([{ configSource: 5, synonyms: [] }]);
  expect(ask(resource('t'), ['file.delete.delay.ms'])?.configs[0]?.synonyms).toEqual([
    { name: 'log.segment.delete.delay.ms', value: '60000', source: 5 },
  ]);
  expect(ask(resource('t'), ['segment.ms'])?.configs).toMatchObject([{ configSource: 5, synonyms: [] }]);
  expect(ask(resource('none'), null)?.errorCode).toBe('UNKNOWN_TOPIC_OR_PARTITION');
  expect(ask(resource('1', 4), ['num.partitions'])?.configs).toMatchObject([{ readOnly: true, configSource: 5 }]);
  expect(ask(resource('9', 4), null)?.errorCode).toBe('INVALID_REQUEST');
  const secret = { ...resource('1', 4), configs: [{ name: 'my.plugin', configOperation: 0, value: 'x' }] };
  client.ask(incrementalAlterConfigsApi, 1, { resources: [secret], validateOnly: false });
  expect(ask(resource('1', 4), ['my.plugin'])?.configs).toMatchObject([
    { value: null, isSensitive: true, configType: 0 },
  ]);
  const change = { ...resource('', 4), configs: [{ name: 'log.retention.ms', configOperation: 0, value: '88' }] };
  client.ask(incrementalAlterConfigsApi, 1, { resources: [change], validateOnly: false });
  expect(world.broker.cluster.topic('t')?.settings.retentionMs).toBe(88);
});

test('all nodes together have only the settings that were set for them', () => {
  const world = new KafkaWorld();
  const client = world.connect();
  const named = () =>
    client
      .ask(describeConfigsApi, 4, {
        resources: [{ ...resource('', 4), configurationKeys: null }],
        includeSynonyms: false,
        includeDocumentation: false,
      })
      .results[0]?.configs.map(({ name }) => name);
  expect(named()).toEqual([]);
  const change = { name: 'log.retention.ms', operation: 0, value: '5' };
  world.broker.configAdmin.edit({ type: 4, name: '' }, [change], false, 1);
  expect(named()).toEqual(['log.retention.ms']);
});

test('a type that nobody knows spoils the whole request', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const ask = (...types: number[]) =>
    world
      .connect()
      .ask(describeConfigsApi, 4, {
        resources: types.map((type) => ({ ...resource('t', type), configurationKeys: [] })),
        includeSynonyms: false,
        includeDocumentation: false,
      })
      .results.map(({ errorCode }) => errorCode);
  expect(ask(2, 3)).toEqual(['INVALID_REQUEST', 'INVALID_REQUEST']);
  expect(ask(2, 8)).toEqual(['NONE', 'INVALID_REQUEST']);
});
