import { expect, it } from 'vitest';
import { BrokerError, BrokerLimitError, InvariantError, invariant } from '../../src/core/errors.js';

it('a broker error carries the name of its class, a code and its cause', () => {
  class OwnError extends BrokerError {}
  const cause = new Error('below');
  const error = new OwnError('NOT_FOUND', 'no queue; declare it first', { cause });
  expect(error).toMatchObject({ name: 'OwnError', code: 'NOT_FOUND', message: 'no queue; declare it first', cause });
  expect(error).toBeInstanceOf(Error);
});

it('a limit error names the limit', () => {
  expect(new BrokerLimitError('queueBytes', 10, 'queue "work"')).toMatchObject({
    name: 'BrokerLimitError',
    code: 'LIMIT_EXCEEDED',
    limit: 'queueBytes',
  });
});

it('an invariant throws only when it is broken, and never a BrokerError', () => {
  invariant(1, 'holds');
  expect(() => invariant(0, 'one owner')).toThrow(InvariantError);
  expect(() => invariant(undefined, 'one owner')).not.toThrow(BrokerError);
});
