import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

const NOT_AN_INTEGER = '-ERR value is not an integer or out of range\r\n';

// Recorded from Redis 7.0.15.
test.each([
  ['none 0 1000', '+NOKEY\r\n'],
  ['none x 1000', NOT_AN_INTEGER],
  ['none 0 x', NOT_AN_INTEGER],
  ['none 0 1000 FOO', '-ERR syntax error\r\n'],
  ['none 0 1000 AUTH', '-ERR syntax error\r\n'],
  ['none 0 1000 AUTH2 u', '-ERR syntax error\r\n'],
  ['none 0 1000 COPY AUTH2 u p REPLACE', '+NOKEY\r\n'],
  ['none 0 1000 KEYS a b', '-ERR When using MIGRATE KEYS option, the key argument must be set to the empty string\r\n'],
  [' 0 1000 KEYS a b', '+NOKEY\r\n'],
  [' 0 1000 KEYS', '+NOKEY\r\n'],
])('MIGRATE of %s answers %j', (rest, reply) => {
  expect(new RedisServer().connect().ask('MIGRATE', '127.0.0.1', '1', ...rest.split(' '))).toBe(reply);
});

test('a key that is there stays, and it is said why', () => {
  const client = new RedisServer().connect();
  client.ask('SET', 'k', 'v');
  expect(client.ask('MIGRATE', '127.0.0.1', '1', '', '0', '1000', 'KEYS', 'none', 'k')).toContain('use DUMP here');
  expect(client.ask('GET', 'k')).toBe('$1\r\nv\r\n');
});

test('its keys are known to ACLs and COMMAND GETKEYS', () => {
  const client = new RedisServer().connect();
  const keys = (...args: string[]) => client.ask('COMMAND', 'GETKEYS', 'MIGRATE', 'h', '1', ...args);
  expect(keys('', '0', '1000', 'COPY', 'KEYS', 'a', 'b')).toBe('*2\r\n$1\r\na\r\n$1\r\nb\r\n');
  expect(keys('k', '0', '1000')).toBe('*1\r\n$1\r\nk\r\n');
});
