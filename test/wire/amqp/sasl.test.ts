import { describe, expect, test } from 'vitest';
import { offeredMechanisms, readCredentials } from '../../../src/wire/amqp/sasl.js';

describe('SASL', () => {
  test('offers ANONYMOUS from version 4 on', () => {
    expect(offeredMechanisms('3')).toBe('AMQPLAIN PLAIN');
    expect(offeredMechanisms('4')).toBe('PLAIN AMQPLAIN ANONYMOUS');
  });

  test('PLAIN is an empty authzid, user and password', () => {
    expect(readCredentials('3', 'PLAIN', Buffer.from('\0ü\0p w'))).toEqual({ user: 'ü', password: 'p w' });
    expect(readCredentials('3', 'PLAIN', Buffer.from('x\0u\0p'))).toBeUndefined();
  });

  test('AMQPLAIN is a bare table with LOGIN and PASSWORD', () => {
    const field = (name: string, value: string) =>
      Buffer.concat([
        Buffer.from([name.length]),
        Buffer.from(`${name}S\0\0\0`),
        Buffer.from([value.length]),
        Buffer.from(value),
      ]);
    const response = Buffer.concat([field('LOGIN', 'guest'), field('PASSWORD', 'secret')]);
    expect(readCredentials('3', 'AMQPLAIN', response)).toEqual({ user: 'guest', password: 'secret' });
    expect(readCredentials('3', 'AMQPLAIN', field('LOGIN', 'guest'))).toBeUndefined();
    expect(readCredentials('3', 'AMQPLAIN', Buffer.from('nonsense'))).toBeUndefined();
  });
});
