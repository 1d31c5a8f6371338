import { expect, test } from 'vitest';
import {
  CLUSTER_NAME_PARAMETER,
  SERVER_CAPABILITIES,
  serverProperties,
} from '../../../src/wire/amqp/server-properties.js';
import { AmqpWorld } from '../../helpers/amqp-wire.js';

test('clients find the names and capabilities that they branch on', () => {
  const table = serverProperties(new AmqpWorld().broker);
  expect(table.get('product')).toBe('RabbitMQ');
  expect(table.get('version')).toBe('3.10.8');
  expect(table.get('platform')).toBe('Erlang/OTP 25.2.3');
  expect([...(table.get('capabilities') as Map<string, boolean>)]).toEqual(
    SERVER_CAPABILITIES.map((name) => [name, true]),
  );
});

test('they are told the name of the cluster, also when an administrator has changed it', () => {
  const { broker } = new AmqpWorld();
  expect(serverProperties(broker).get('cluster_name')).toBe('rabbit@tribroker');
  broker.globalParameters.set(CLUSTER_NAME_PARAMETER, 'ours');
  expect(serverProperties(broker).get('cluster_name')).toBe('ours');
});
