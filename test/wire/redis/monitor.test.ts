import { expect, test } from 'vitest';
import { RedisServer } from '../../helpers/redis-server.js';

test('shows commands when they have run, escaped, secrets left out', () => {
  const server = new RedisServer();
  const [monitor, client] = [server.connect(), server.connect()];
  expect(monitor.ask('MONITOR')).toBe('+OK\r\n');
  client.ask('SET', 'k', 'a"\\\n\x00\xff');
  client.ask('SELECT', '1');
  client.ask('AUTH', 'default', 'secret');
  client.ask('HELLO', '3', 'AUTH', 'default', 'secret');
  client.ask('CONFIG', 'GET', 'hz');
  const lines = monitor
    .take()
    .split('\r\n')
    .map((line) => line.replace(/^\+\d+\.\d{6} /, ''));
  expect(lines).toEqual([
    '[0 127.0.0.1:40001] "SET" "k" "a\\"\\\\\\n\\x00\\xff"',
    '[1 127.0.0.1:40001] "SELECT" "1"',
    '[1 127.0.0.1:40001] "AUTH" "(redacted)" "(redacted)"',
    '[1 127.0.0.1:40001] "HELLO" "3" "AUTH" "(redacted)" "(redacted)"',
    '',
  ]);
});

test('RESET leaves it', () => {
  const server = new RedisServer();
  const monitor = server.connect();
  monitor.ask('MONITOR');
  expect(monitor.ask('RESET')).toBe('+RESET\r\n');
  expect(monitor.ask('PING')).toBe('+PONG\r\n');
});
