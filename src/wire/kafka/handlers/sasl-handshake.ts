import { CLOSED } from '../call.js';
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
  handle({ mechanism }, { authentication, version }) {
    const errorCode = authentication.handshake(mechanism, version);
    if (errorCode === 'CLOSED') return CLOSED;
    return { errorCode, mechanisms: errorCode === 'ILLEGAL_SASL_STATE' ? [] : authentication.mechanisms };
  },
  fail: (_request, errorCode) => ({ errorCode, mechanisms: [] }),
});
