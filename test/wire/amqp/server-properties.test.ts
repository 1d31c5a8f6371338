import { expect, test } from 'vitest';
import { SERVER_CAPABILITIES, serverProperties } from '../../../src/wire/amqp/server-properties.js';

test('clients find the names and capabilities that they branch on', () => {
  const table = serverProperties('3', '3.10.8');
  expect(table.get('product')).toBe('RabbitMQ');
  expect(table.get('version')).toBe('3.10.8');
  expect(table.get('platform')).toBe('Erlang/OTP 25.2.3');
  expect([...(table.get('capabilities') as Map<string, boolean>)]).toEqual(
    SERVER_CAPABILITIES.map((name) => [name, true]),
  );
});
