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
