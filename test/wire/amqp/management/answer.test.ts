import { expect, test } from 'vitest';
import {
  badRequest,
  found,
  notAuthorised,
  notFoundBecause,
  stored,
} from '../../../../src/wire/amqp/management/answer.js';

test('what is not found is 404, anything else itself, an empty string too', () => {
  expect(found('')).toBe('');
  expect(() => found(undefined)).toThrow(
    expect.objectContaining({ status: 404, body: { error: 'Object Not Found', reason: 'Not Found' } }),
  );
});

test('something new is 201, a change 204', () => {
  expect([stored(true).status, stored(false).status]).toEqual([201, 204]);
});

test('each refusal has the name that RabbitMQ gives it', () => {
  expect([badRequest('r'), notAuthorised('r'), notFoundBecause('r')].map(({ status, body }) => [status, body])).toEqual(
    [
      [400, { error: 'bad_request', reason: 'r' }],
      [401, { error: 'not_authorised', reason: 'r' }],
      [404, { error: 'not_found', reason: 'r' }],
    ],
  );
});
