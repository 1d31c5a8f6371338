import { expect, it } from 'vitest';
import { KafkaError } from '../../../src/models/kafka/index.js';
import { fenced } from '../../../src/wire/kafka/fencing.js';
import { codeOf } from '../../helpers/kafka-group.js';

it('tells old clients of an invalid epoch when they are fenced, and changes no other error', () => {
  const fail = (code: 'PRODUCER_FENCED' | 'INVALID_REQUEST') => () => {
    throw new KafkaError(code, 'no');
  };
  expect(fenced(false, () => 1)).toBe(1);
  expect(codeOf(() => fenced(true, fail('PRODUCER_FENCED')))).toBe('PRODUCER_FENCED');
  expect(codeOf(() => fenced(false, fail('PRODUCER_FENCED')))).toBe('INVALID_PRODUCER_EPOCH');
  expect(codeOf(() => fenced(false, fail('INVALID_REQUEST')))).toBe('INVALID_REQUEST');
});
