import { expect, it } from 'vitest';
import { BrokerError } from '../../../src/core/errors.js';
import { attempt } from '../../../src/wire/kafka/attempt.js';

const refused = (code: string, message: string) => `${code}: ${message}`;

it('what the model refuses becomes an answer, under the name that Kafka has for it', () => {
  const fail = (code: string) =>
    attempt(() => {
      throw new BrokerError(code, 'why');
    }, refused);
  expect([attempt(() => 1, refused), fail('INVALID_PARTITIONS'), fail('OURS')]).toEqual([
    1,
    'INVALID_PARTITIONS: why',
    'INVALID_REQUEST: why',
  ]);
});

it('a defect stays one', () => {
  const defect = () => {
    throw new TypeError('a defect');
  };
  expect(() => attempt(defect, refused)).toThrow(TypeError);
});
