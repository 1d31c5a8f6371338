import { expect, test } from 'vitest';
import { TEST_LIMITS } from '../../../src/core/limits.js';
import { ScramCredentials } from '../../../src/models/kafka/scram-credentials.js';

test('credentials are kept by user and mechanism, and checked', () => {
  const store = new ScramCredentials({ ...TEST_LIMITS, entityCount: 1 });
  const good = { salt: Uint8Array.of(1), saltedPassword: Uint8Array.of(2), iterations: 4096 };
  store.set('bob', 1, good);
  expect(store.get('bob', 'SCRAM-SHA-256')).toEqual(good);
  expect(store.get('bob', 'SCRAM-SHA-512')).toBeUndefined();
  expect(() => store.set('bob', 1, { ...good, iterations: 4095 })).toThrow('Too few iterations');
  expect(() => store.set('', 1, good)).toThrow('Username must not be empty');
  expect(() => store.set('bob', 3, good)).toThrow('Unknown SCRAM mechanism');
  expect(() => store.set('eve', 1, good)).toThrow("limits.entityCount (1) exceeded by user 'eve'");
  store.delete('bob', 1);
  expect(() => store.delete('bob', 1)).toThrow('does not exist');
  expect(store.users.size).toBe(0);
});
