import { CLUSTER_RESOURCE, SCRAM_MECHANISMS } from '../../../models/kafka/index.js';
import type { Call } from '../call.js';
import { array, error, int8, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';
import { repeated } from '../repeated.js';

/** @see https://kafka.apache.org/protocol#The_Messages_DescribeUserScramCredentials */
export const describeUserScramCredentialsApi = defineApi({
  name: 'DescribeUserScramCredentials',
  key: 50,
  versions: [0, 0],
  flexibleSince: 0,
  offered: { standard: [0, 0], lean: [0, 0] },
  request: {
    users: array({
      name: string,
    }).nullable(),
  },
  response: {
    throttleTimeMs: throttle,
    errorCode: error,
    errorMessage: string.nullable().default(null),
    results: array({
      user: string,
      errorCode: error,
      errorMessage: string.nullable().default(null),
      credentialInfos: array({
        mechanism: int8,
        iterations: int32,
      }),
    }),
  },
});

export const describeUserScramCredentials = describeUserScramCredentialsApi.handler({
  handle(request, call) {
    call.demand('describe', 'cluster', CLUSTER_RESOURCE);
    const asked = request.users?.map(({ name }) => name) ?? [];
    const names = asked.length > 0 ? [...new Set(asked)] : [...call.broker.scramCredentials.users.keys()];
    const twice = repeated(asked);
    return {
      results: names.map((user) => {
        if (!twice.has(user)) return describe(call, user);
        const errorMessage = `Cannot describe SCRAM credentials for the same user twice in a single request: ${user}`;
        return { user, errorCode: 'DUPLICATE_RESOURCE' as const, errorMessage, credentialInfos: [] };
      }),
    };
  },
  fail: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, results: [] }),
});

function describe(call: Call<any>, user: string) {
  const credentialInfos = Object.entries(SCRAM_MECHANISMS).flatMap(([number, mechanism]) => {
    const credential = call.broker.scramCredentials.get(user, mechanism);
    return credential ? [{ mechanism: Number(number), iterations: credential.iterations }] : [];
  });
  if (credentialInfos.length > 0) return { user, errorCode: 'NONE' as const, credentialInfos };
  const errorMessage = `Attempt to describe a user credential that does not exist: ${user}`;
  return { user, errorCode: 'RESOURCE_NOT_FOUND' as const, errorMessage, credentialInfos };
}
