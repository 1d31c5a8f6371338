import { CLUSTER_RESOURCE, KafkaError, type ScramCredential } from '../../../models/kafka/index.js';
import { attempt } from '../attempt.js';
import type { ErrorName } from '../error-code.js';
import { array, bytes, error, int8, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

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
    const changes: Change[] = [
      ...deletions.map(({ name, mechanism }) => ({ name, mechanism })),
      ...upsertions.map(({ name, mechanism, ...credential }) => ({ name, mechanism, credential })),
    ];
    // A user is answered once, and nothing is done for one that is named twice, by whatever mechanism.
    const accepted = new Map<string, Change>();
    const refused = new Map<string, ReturnType<typeof refusal>>();
    for (const change of changes) {
      const { name, mechanism, credential } = change;
      if (refused.has(name)) continue;
      attempt(
        () => {
          if (accepted.delete(name)) throw new KafkaError('DUPLICATE_RESOURCE', TWICE);
          credentials.check(name, mechanism, credential);
          accepted.set(name, change);
        },
        (errorCode, errorMessage) => void refused.set(name, refusal(name, errorCode, errorMessage)),
      );
    }
    for (const { name, mechanism, credential } of accepted.values()) {
      if (credential) credentials.set(name, mechanism, credential);
      else credentials.delete(name, mechanism);
    }
    const done = [...accepted.keys()].map((user) => ({ user, errorCode: 'NONE' as const }));
    return { results: [...done, ...refused.values()] };
  },
  fail: ({ deletions, upsertions }, errorCode, message) => {
    const users = new Set([...deletions, ...upsertions].map(({ name }) => name));
    return { results: [...users].map((user) => refusal(user, errorCode, message)) };
  },
});

const TWICE = 'A user credential cannot be altered twice in the same request';

interface Change {
  readonly name: string;
  readonly mechanism: number;
  /** Undefined to delete it. */
  readonly credential?: ScramCredential;
}

function refusal(user: string, errorCode: ErrorName, errorMessage: string) {
  return { user, errorCode, errorMessage };
}
