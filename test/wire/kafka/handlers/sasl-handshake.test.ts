import { expect, test } from 'vitest';
import { saslHandshakeApi } from '../../../../src/wire/kafka/handlers/sasl-handshake.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('a mechanism on offer is taken; for another one the offer is named and the connection closed', () => {
  const world = new KafkaWorld({ sasl: { users: { bob: 'secret' }, mechanisms: ['PLAIN'] } });
  expect(world.connect().ask(saslHandshakeApi, 1, { mechanism: 'PLAIN' })).toEqual({
    errorCode: 'NONE',
    mechanisms: ['PLAIN'],
  });
  const client = world.connect();
  expect(client.ask(saslHandshakeApi, 1, { mechanism: 'SCRAM-SHA-256' })).toEqual({
    errorCode: 'UNSUPPORTED_SASL_MECHANISM',
    mechanisms: ['PLAIN'],
  });
  expect(client.transport.closed).toBe(true);
});

test('where nobody has to say who he is, nobody may', () => {
  const client = new KafkaWorld().connect();
  for (const mechanism of ['PLAIN', 'x']) {
    expect(client.ask(saslHandshakeApi, 1, { mechanism })).toEqual({ errorCode: 'ILLEGAL_SASL_STATE', mechanisms: [] });
  }
  expect(client.transport.closed).toBe(false);
});
