import { expect, test } from 'vitest';
import { describeClusterApi } from '../../../../src/wire/kafka/handlers/describe-cluster.js';
import { saslAuthenticateApi } from '../../../../src/wire/kafka/handlers/sasl-authenticate.js';
import { saslHandshakeApi } from '../../../../src/wire/kafka/handlers/sasl-handshake.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

const token = (password: string) => ({ authBytes: Buffer.from(`\0bob\0${password}`) });

test('the right password opens the connection for other requests, a wrong one closes it', () => {
  const world = new KafkaWorld({ sasl: { users: { bob: 'secret' } } });
  const client = world.connect();
  client.ask(saslHandshakeApi, 1, { mechanism: 'PLAIN' });
  expect(client.ask(saslAuthenticateApi, 2, token('secret'))).toMatchObject({ errorCode: 'NONE', errorMessage: '' });
  const asked = { includeClusterAuthorizedOperations: false, includeFencedBrokers: false };
  expect(client.ask(describeClusterApi, 0, asked).controllerId).toBe(1);
  const stranger = world.connect();
  stranger.ask(saslHandshakeApi, 1, { mechanism: 'PLAIN' });
  expect(stranger.ask(saslAuthenticateApi, 2, token('guess'))).toMatchObject({
    errorCode: 'SASL_AUTHENTICATION_FAILED',
    errorMessage: 'Authentication failed: Invalid username or password',
  });
  expect(stranger.transport.closed).toBe(true);
});

test('a token without a handshake closes the connection', () => {
  const client = new KafkaWorld({ sasl: { users: { bob: 'secret' } } }).connect();
  client.send(saslAuthenticateApi, 1, token('secret'));
  expect([client.transport.closed, client.transport.written]).toEqual([true, []]);
});

test('a session that ends says when, in the answer to the last token', () => {
  const config = { 'connections.max.reauth.ms': 15_000 };
  const client = new KafkaWorld({ config, sasl: { users: { bob: 'secret' } } }).connect();
  client.ask(saslHandshakeApi, 1, { mechanism: 'PLAIN' });
  expect(client.ask(saslAuthenticateApi, 2, token('secret')).sessionLifetimeMs).toBe(15_000);
});

test('where nobody has to say who he is, a token changes nothing', () => {
  const client = new KafkaWorld().connect();
  expect(client.ask(saslAuthenticateApi, 2, token('secret'))).toMatchObject({
    errorCode: 'ILLEGAL_SASL_STATE',
    errorMessage: 'SaslAuthenticate request received after successful authentication',
  });
  expect(client.transport.closed).toBe(false);
});
