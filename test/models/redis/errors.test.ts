import { expect, test } from 'vitest';
import { BrokerError } from '../../../src/core/errors.js';
import { RedisError, WRONG_TYPE } from '../../../src/models/redis/errors.js';

test('the code is the first word of the line', () => {
  const error = new RedisError(WRONG_TYPE);
  expect(error).toBeInstanceOf(BrokerError);
  expect(error.code).toBe('WRONGTYPE');
  expect(error.line).toBe(WRONG_TYPE);
  expect(new RedisError('NOAUTH').code).toBe('NOAUTH');
});
