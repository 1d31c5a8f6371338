import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

test.each([
  ['SET k 123', 'int', 0x7fffffff],
  ['SET k 12345', 'int', 1],
  ['SET k text', 'embstr', 1],
  [`SET k ${'x'.repeat(45)}`, 'raw', 1],
  ['RPUSH k a', 'quicklist', 1],
  ['SADD k 1', 'intset', 1],
  ['SADD k a', 'hashtable', 1],
  ['HSET k f v', 'listpack', 1],
  ['ZADD k 1 m', 'listpack', 1],
  ['XADD k * f v', 'stream', 1],
])('after %s the value is kept as %s, shared by %i', (line, encoding, references) => {
  const client = new RedisServer({ version: '7.0' }).connect();
  client.ask(...line.split(' '));
  expect(client.ask('OBJECT', 'ENCODING', 'k')).toBe(`$${encoding.length}\r\n${encoding}\r\n`);
  expect(client.ask('OBJECT', 'REFCOUNT', 'k')).toBe(`:${references}\r\n`);
});

test('of a key that is not there nothing is known', () => {
  const client = new RedisServer().connect();
  for (const subcommand of ['ENCODING', 'FREQ', 'IDLETIME', 'REFCOUNT']) {
    expect(client.ask('OBJECT', subcommand, 'k')).toBe('$-1\r\n');
  }
});

test('IDLETIME and FREQ exclude each other', () => {
  const client = new RedisServer().connect();
  client.ask('SET', 'k', 'v');
  expect(client.ask('OBJECT', 'FREQ', 'k')).toContain('An LFU maxmemory policy is not selected');
  client.ask('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lfu');
  expect(client.ask('OBJECT', 'IDLETIME', 'k')).toContain('An LFU maxmemory policy is selected');
});
