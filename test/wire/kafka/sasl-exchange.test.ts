import { expect, it } from 'vitest';
import { otherAuthorizationId, refused } from '../../../src/wire/kafka/sasl-exchange.js';

it('a refusal says why, in the words that Kafka has for it', () => {
  expect(refused('no')).toEqual({ ok: false, error: 'SASL_AUTHENTICATION_FAILED', message: 'no' });
  expect(otherAuthorizationId()).toEqual(
    refused('Authentication failed: Client requested an authorization id that is different from username'),
  );
});
