import { expect, test } from 'vitest';
import { isProtocolHeader, PROTOCOL_HEADER } from '../../../src/wire/amqp/protocol-header.js';

test('0-9-1 is accepted in both of its spellings', () => {
  expect(isProtocolHeader(PROTOCOL_HEADER)).toBe(true);
  expect(isProtocolHeader(Buffer.from('AMQP\x01\x01\x00\x09', 'latin1'))).toBe(true);
});

test.each(['AMQP\x00\x01\x00\x00', 'AMQP\x03\x01\x00\x00', 'AMQP\x01\x01\x08\x00', 'GET / HT'])(
  '%j is something else',
  (bytes) => {
    expect(isProtocolHeader(Buffer.from(bytes, 'latin1'))).toBe(false);
  },
);
