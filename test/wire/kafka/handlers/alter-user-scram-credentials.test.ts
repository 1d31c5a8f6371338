import { expect, test } from 'vitest';
import { alterUserScramCredentialsApi } from '../../../../src/wire/kafka/handlers/alter-user-scram-credentials.js';
import { KafkaWorld } from '../../../helpers/kafka-wire.js';

test('credentials are stored and removed, each with its own verdict', () => {
  const client = new KafkaWorld().connect();
  const credential = { mechanism: 1, iterations: 4096, salt: new Uint8Array(3), saltedPassword: new Uint8Array(32) };
  const altered = client.ask(alterUserScramCredentialsApi, 0, {
    deletions: [{ name: 'nobody', mechanism: 1 }],
    upsertions: [
      { name: 'bob', ...credential },
      { name: 'eve', ...credential, iterations: 1 },
    ],
  });
  expect(altered.results.map(({ user, errorCode }) => [user, errorCode])).toEqual([
    ['nobody', 'RESOURCE_NOT_FOUND'],
    ['bob', 'NONE'],
    ['eve', 'UNACCEPTABLE_CREDENTIAL'],
  ]);
});
