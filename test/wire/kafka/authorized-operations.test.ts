import { expect, it } from 'vitest';
import { authorizedOperations } from '../../../src/wire/kafka/authorized-operations.js';
import type { Call } from '../../../src/wire/kafka/call.js';

const callThatMay = (...operations: string[]) =>
  ({
    authorize: (operation: string) => operations.includes('all') || operations.includes(operation),
  }) as unknown as Call<any>;

// As Kafka 3.9 without an authorizer.
it.each([
  ['topic', 3_576],
  ['group', 328],
  ['cluster', 8_096],
] as const)('says all that can be done with a %s', (resource, bits) => {
  expect(authorizedOperations(callThatMay('all'), resource, 'x')).toBe(bits);
});

it('leaves out what a client may not do', () => {
  expect(authorizedOperations(callThatMay('read', 'idempotentWrite'), 'topic', 'x')).toBe(1 << 3);
});
