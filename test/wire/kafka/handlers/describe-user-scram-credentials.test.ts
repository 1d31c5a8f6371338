import { expect, test } from 'vitest';
import { alterUserScramCredentialsApi } from '../../../../src/wire/kafka/handlers/alter-user-scram-credentials.js';
import { describeUserScramCredentialsApi } from '../../../../src/wire/kafka/handlers/describe-user-scram-credentials.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('credentials are shown without their secret; a user without any is not found', () => {
  const client = new KafkaWorld().connect();
  const credential = { mechanism: 1, iterations: 4096, salt: new Uint8Array(3), saltedPassword: new Uint8Array(32) };
  client.ask(alterUserScramCredentialsApi, 0, { deletions: [], upsertions: [{ name: 'bob', ...credential }] });
  expect(client.ask(describeUserScramCredentialsApi, 0, { users: null }).results).toMatchObject([
    { user: 'bob', credentialInfos: [{ mechanism: 1, iterations: 4096 }] },
  ]);
  expect(client.ask(describeUserScramCredentialsApi, 0, { users: [{ name: 'eve' }] }).results).toMatchObject([
    { user: 'eve', errorCode: 'RESOURCE_NOT_FOUND', credentialInfos: [] },
  ]);
});
