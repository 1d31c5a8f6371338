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

test('a token without a handshake is refused', () => {
  const world = new KafkaWorld({ sasl: { users: { bob: 'secret' } } });
  expect(world.connect().ask(saslAuthenticateApi, 1, token('secret')).errorCode).toBe('ILLEGAL_SASL_STATE');
});

test('where nobody has to say who he is, a token changes nothing', () => {
  const client = new KafkaWorld().connect();
  expect(client.ask(saslAuthenticateApi, 2, token('secret'))).toMatchObject({
    errorCode: 'ILLEGAL_SASL_STATE',
    errorMessage: 'SaslAuthenticate request received after successful authentication',
  });
  expect(client.transport.closed).toBe(false);
});
