import { expect, test } from 'vitest';
import { RedisServer } from '../../helpers/redis-server.js';

test('everything waits, the pausing client too, and runs in order when the pause ends', async () => {
  const server = new RedisServer();
  const [a, b] = [server.connect(), server.connect()];
  expect(a.ask('CLIENT', 'PAUSE', '100')).toBe('+OK\r\n');
  expect(a.send('SET', 'k', '1').ask('GET', 'k') + b.ask('PING')).toBe('');
  await server.advance(100);
  expect([a.take(), b.take()]).toEqual(['+OK\r\n$1\r\n1\r\n', '+PONG\r\n']);
});

test('WRITE holds back writes and publications only', async () => {
  const server = new RedisServer();
  const [a, b] = [server.connect(), server.connect()];
  a.ask('CLIENT', 'PAUSE', '100', 'WRITE');
  expect(b.ask('GET', 'k')).toBe('$-1\r\n');
  expect(b.ask('PUBLISH', 'x', 'hi')).toBe('');
  expect(a.ask('CLIENT', 'UNPAUSE')).toBe('+OK\r\n');
  expect(b.take()).toBe(':0\r\n');
});
