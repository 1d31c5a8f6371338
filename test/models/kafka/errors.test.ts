import { expect, it } from 'vitest';
import { BrokerError } from '../../../src/core/errors.js';
import { KafkaError } from '../../../src/models/kafka/errors.js';

it('an error has the name that Kafka gives it, and names the records to blame', () => {
  const error = new KafkaError('INVALID_RECORD', 'no key', [{ batchIndex: 1, message: 'no key' }]);
  expect(error).toBeInstanceOf(BrokerError);
  expect([error.code, error.message, error.recordErrors[0]?.batchIndex]).toEqual(['INVALID_RECORD', 'no key', 1]);
  expect(new KafkaError('INVALID_REQUEST', 'x').recordErrors).toEqual([]);
});
