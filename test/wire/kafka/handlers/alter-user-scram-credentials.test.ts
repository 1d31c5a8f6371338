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
    ['bob', 'NONE'],
    ['nobody', 'RESOURCE_NOT_FOUND'],
    ['eve', 'UNACCEPTABLE_CREDENTIAL'],
  ]);
});

test('a user that is named twice stays as it is, unless the first was wrong already', () => {
  const world = new KafkaWorld();
  const credential = { iterations: 4096, salt: new Uint8Array(0), saltedPassword: new Uint8Array(32) };
  const ask = (deletions: number[], upsertions: number[]) =>
    world
      .connect()
      .ask(alterUserScramCredentialsApi, 0, {
        deletions: deletions.map((mechanism) => ({ name: 'bob', mechanism })),
        upsertions: upsertions.map((mechanism) => ({ name: 'bob', mechanism, ...credential })),
      })
      .results.map(({ errorCode }) => errorCode);
  expect(ask([], [1, 2])).toEqual(['DUPLICATE_RESOURCE']);
  expect(ask([1], [2])).toEqual(['RESOURCE_NOT_FOUND']);
  expect(world.broker.scramCredentials.users.size).toBe(0);
  expect(ask([], [1])).toEqual(['NONE']);
  expect(ask([1], [2])).toEqual(['DUPLICATE_RESOURCE']);
  expect([...(world.broker.scramCredentials.users.get('bob')?.keys() ?? [])]).toEqual(['SCRAM-SHA-256']);
});
