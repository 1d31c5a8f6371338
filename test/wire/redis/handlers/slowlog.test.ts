import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

test('LEN, GET and RESET: ten by default, -1 for all, no less', () => {
  const client = new RedisServer({ config: { 'slowlog-log-slower-than': '0' } }).connect();
  for (let i = 0; i < 11; i++) client.ask('PING');
  expect(client.ask('SLOWLOG', 'LEN')).toBe(':11\r\n');
  expect(client.ask('SLOWLOG', 'GET')).toMatch(/^\*10\r\n\*6\r\n:11\r\n:\d+\r\n:\d+\r\n\*2\r\n\$7\r\nSLOWLOG\r\n/);
  expect(client.ask('SLOWLOG', 'GET', '-1')).toMatch(/^\*13\r\n/);
  expect(client.ask('SLOWLOG', 'GET', '-2')).toBe('-ERR count should be greater than or equal to -1\r\n');
  expect(client.ask('SLOWLOG', 'GET', 'x')).toBe('-ERR count should be greater than or equal to -1\r\n');
  expect(client.ask('SLOWLOG', 'RESET')).toBe('+OK\r\n');
  expect(client.ask('SLOWLOG', 'GET', '0')).toBe('*0\r\n');
});
