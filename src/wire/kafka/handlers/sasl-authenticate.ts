import { bytes, error, int64, string } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_SaslAuthenticate */
export const saslAuthenticateApi = defineApi({
  name: 'SaslAuthenticate',
  key: 36,
  versions: [0, 2],
  flexibleSince: 2,
  offered: { standard: [0, 2], lean: [0, 2] },
  request: {
    authBytes: bytes,
  },
  response: {
    errorCode: error,
    errorMessage: string.nullable().default(null),
    authBytes: bytes,
    sessionLifetimeMs: int64.since(1),
  },
});
