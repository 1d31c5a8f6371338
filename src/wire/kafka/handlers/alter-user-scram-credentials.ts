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
