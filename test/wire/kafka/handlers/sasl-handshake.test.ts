import { expect, test } from 'vitest';
import { saslAuthenticateApi } from '../../../../src/wire/kafka/handlers/sasl-authenticate.js';
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

test('who has authenticated may not do so again, and goes on', () => {
  const client = new KafkaWorld({ sasl: { users: { bob: 'secret' } } }).connect();
  client.ask(saslHandshakeApi, 1, { mechanism: 'PLAIN' });
  client.ask(saslAuthenticateApi, 2, { authBytes: Buffer.from('\0bob\0secret') });
  expect(client.ask(saslHandshakeApi, 1, { mechanism: 'PLAIN' })).toEqual({
    errorCode: 'ILLEGAL_SASL_STATE',
    mechanisms: [],
  });
  expect(client.transport.closed).toBe(false);
});

test('a session is not renewed by a mechanism that is not on offer: the connection is closed', () => {
  const config = { 'connections.max.reauth.ms': 15_000 };
  const client = new KafkaWorld({ config, sasl: { users: { bob: 'secret' } } }).connect();
  client.ask(saslHandshakeApi, 1, { mechanism: 'PLAIN' });
  client.ask(saslAuthenticateApi, 2, { authBytes: Buffer.from('\0bob\0secret') });
  client.send(saslHandshakeApi, 1, { mechanism: 'x' });
  expect([client.transport.closed, client.transport.written]).toEqual([true, []]);
});
