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
    errorMessage: string.nullable().default(''),
    authBytes: bytes,
    sessionLifetimeMs: int64.since(1),
  },
});

const NOTHING = new Uint8Array(0);

export const saslAuthenticate = saslAuthenticateApi.handler({
  handle({ authBytes }, { authentication }) {
    const result = authentication.step(authBytes);
    if (result.ok) return { authBytes: result.bytes, sessionLifetimeMs: result.sessionLifetimeMs ?? 0 };
    return { errorCode: result.error, errorMessage: result.message, authBytes: NOTHING, sessionLifetimeMs: 0 };
  },
  fail: (_request, errorCode, errorMessage) => ({ errorCode, errorMessage, authBytes: NOTHING, sessionLifetimeMs: 0 }),
});
