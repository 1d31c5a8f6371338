import { CLUSTER_RESOURCE, KafkaError } from '../../../models/kafka/index.js';
import { attempt } from '../attempt.js';
import type { ErrorName } from '../error-code.js';
import { array, bytes, error, int8, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';
import { repeated } from '../repeated.js';

/** @see https://kafka.apache.org/protocol#The_Messages_AlterUserScramCredentials */
export const alterUserScramCredentialsApi = defineApi({
  name: 'AlterUserScramCredentials',
  key: 51,
  versions: [0, 0],
  flexibleSince: 0,
  offered: { standard: [0, 0], lean: [0, 0] },
  request: {
    deletions: array({
      name: string,
      mechanism: int8,
    }),
    upsertions: array({
      name: string,
      mechanism: int8,
      iterations: int32,
      salt: bytes,
      saltedPassword: bytes,
    }),
  },
  response: {
    throttleTimeMs: throttle,
    results: array({
      user: string,
      errorCode: error,
      errorMessage: string.nullable().default(null),
    }),
  },
});

export const alterUserScramCredentials = alterUserScramCredentialsApi.handler({
  handle({ deletions, upsertions }, call) {
    call.demand('alter', 'cluster', CLUSTER_RESOURCE);
    const { scramCredentials: credentials } = call.broker;
    const changes = [
      ...deletions.map(({ name, mechanism }) => ({ name, mechanism, run: () => credentials.delete(name, mechanism) })),
      ...upsertions.map(({ name, mechanism, ...credential }) => ({
        name,
        mechanism,
        run: () => credentials.set(name, mechanism, credential),
      })),
    ];
    const twice = repeated(changes.map(({ name, mechanism }) => `${mechanism} ${name}`));
    // Each user is answered once, with what went wrong first.
    const results = new Map<string, ReturnType<typeof refusal> | { user: string; errorCode: 'NONE' }>();
    for (const change of changes) {
      const user = change.name;
      if (results.get(user) && results.get(user)?.errorCode !== 'NONE') continue;
      results.set(
        user,
        attempt(
          () => {
            if (twice.has(`${change.mechanism} ${user}`)) {
              throw new KafkaError(
                'DUPLICATE_RESOURCE',
                'A user credential cannot be altered twice in the same request',
              );
            }
            change.run();
            return { user, errorCode: 'NONE' as const };
          },
          (errorCode, errorMessage) => refusal(user, errorCode, errorMessage),
        ),
      );
    }
    return { results: [...results.values()] };
  },
  fail: ({ deletions, upsertions }, errorCode, message) => {
    const users = new Set([...deletions, ...upsertions].map(({ name }) => name));
    return { results: [...users].map((user) => refusal(user, errorCode, message)) };
  },
});

function refusal(user: string, errorCode: ErrorName, errorMessage: string) {
  return { user, errorCode, errorMessage };
}
