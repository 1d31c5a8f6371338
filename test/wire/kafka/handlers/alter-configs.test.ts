import { expect, test } from 'vitest';
import { alterConfigsApi } from '../../../../src/wire/kafka/handlers/alter-configs.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

const resource = (name: string, resourceType = 2) => ({ resourceType, resourceName: name });
const overrides = (world: KafkaWorld) => Object.fromEntries(world.broker.cluster.topic('t')?.config.overrides ?? []);

test('AlterConfigs replaces what was set', () => {
  const world = new KafkaWorld();
  const client = world.connect();
  world.broker.createTopic('t', { config: { 'retention.ms': 5 } });
  client.ask(alterConfigsApi, 2, {
    resources: [{ ...resource('t'), configs: [{ name: 'segment.bytes', value: '100' }] }],
    validateOnly: false,
  });
  expect(overrides(world)).toEqual({ 'segment.bytes': '100' });
});

test('a resource that stands in a request twice is not changed', () => {
  const world = new KafkaWorld();
  world.broker.createTopic('t');
  const resource = { resourceType: 2, resourceName: 't', configs: [] };
  const { responses } = world
    .connect()
    .ask(alterConfigsApi, 2, { resources: [resource, resource], validateOnly: false });
  expect(responses.map(({ errorCode }) => errorCode)).toEqual(['INVALID_REQUEST', 'INVALID_REQUEST']);
});
