import { array, error, string } from '../field.js';
import { defineApi } from '../handler.js';

/** @see https://kafka.apache.org/protocol#The_Messages_SaslHandshake */
export const saslHandshakeApi = defineApi({
  name: 'SaslHandshake',
  key: 17,
  versions: [0, 1],
  flexibleSince: Infinity,
  offered: { standard: [0, 1], lean: [0, 1] },
  request: {
    mechanism: string,
  },
  response: {
    errorCode: error,
    mechanisms: array(string),
  },
});

export const saslHandshake = saslHandshakeApi.handler({
  beforeAuthentication: true,
  handle({ mechanism }, { authentication }) {
    const { mechanisms } = authentication;
    // Where nobody has to say who he is, nobody may.
    if (!authentication.required) return { errorCode: 'ILLEGAL_SASL_STATE', mechanisms: [] };
    if (authentication.handshake(mechanism)) return { errorCode: 'NONE', mechanisms };
    return { errorCode: 'UNSUPPORTED_SASL_MECHANISM', mechanisms };
  },
  fail: (_request, errorCode) => ({ errorCode, mechanisms: [] }),
  closesAfter: ({ errorCode }) => errorCode !== 'NONE',
});
