import { array, error, int8, int32, string, throttle } from '../field.js';
import { defineApi } from '../handler.js';

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
