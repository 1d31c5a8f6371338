import { expect, it } from 'vitest';
import { ERROR_CODES, errorCode, errorName, isErrorName } from '../../../src/wire/kafka/error-code.js';

it('every name has a number of its own, and comes back from it', () => {
  const names = Object.keys(ERROR_CODES);
  expect(new Set(Object.values(ERROR_CODES)).size).toBe(names.length);
  expect(names.map((name) => errorName(errorCode(name)))).toEqual(names);
});

it('what Kafka does not know is an unknown error, names of every object too', () => {
  expect([errorCode('NO_SUCH'), errorCode('constructor'), errorName(12_345)]).toEqual([-1, -1, 'UNKNOWN_SERVER_ERROR']);
  expect([isErrorName('toString'), isErrorName('NONE')]).toEqual([false, true]);
});
