import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

test('HELLO answers in the protocol that it switches to', () => {
  const client = new RedisServer().connect();
  expect(client.ask('HELLO', '3')).toMatch(/^%7\r\n\$6\r\nserver\r\n\$5\r\nredis\r\n/);
  expect(client.ask('HELLO', '2')).toMatch(/^\*14\r\n/);
  expect(client.ask('HELLO', '4')).toBe('-NOPROTO unsupported protocol version\r\n');
  expect(client.ask('HELLO', 'abc')).toBe('-ERR Protocol version is not an integer or out of range\r\n');
  expect(client.ask('HELLO', '3', 'FOO')).toBe("-ERR Syntax error in HELLO option 'FOO'\r\n");
});

test('a password is asked for, and RESET logs out', () => {
  const client = new RedisServer({ password: 'pw' }).connect();
  expect(client.ask('PING')).toBe('-NOAUTH Authentication required.\r\n');
  expect(client.ask('AUTH', 'bad')).toBe('-WRONGPASS invalid username-password pair or user is disabled.\r\n');
  expect(client.ask('AUTH', 'pw') + client.ask('PING')).toBe('+OK\r\n+PONG\r\n');
  expect(client.ask('RESET') + client.ask('PING')).toBe('+RESET\r\n-NOAUTH Authentication required.\r\n');
});

test('7.0 applies the options of HELLO as it reads them, 7.2 all or none', () => {
  for (const [version, name] of [
    ['7.0', '$1\r\nx\r\n'],
    ['7.2', '$-1\r\n'],
  ] as const) {
    const client = new RedisServer({ version }).connect();
    const refused = '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
    expect(client.ask('HELLO', '3', 'SETNAME', 'x', 'AUTH', 'nobody', 'y')).toBe(refused);
    expect(client.ask('CLIENT', 'GETNAME')).toBe(name);
    const syntax = "-ERR Syntax error in HELLO option 'c'\r\n";
    expect(client.ask('HELLO', '2', 'AUTH', 'nobody', 'b', 'c')).toBe(version === '7.0' ? refused : syntax);
  }
});

test('RESET takes back NO-EVICT from 7.2 on', () => {
  for (const [version, flags] of [
    ['7.0', 'flags=e'],
    ['7.2', 'flags=N'],
  ] as const) {
    const client = new RedisServer({ version }).connect();
    client.ask('CLIENT', 'NO-EVICT', 'ON');
    client.ask('RESET');
    expect(client.ask('CLIENT', 'INFO')).toContain(flags);
  }
});

test('who has not logged in may act as long as the default user is open, and no longer', () => {
  const server = new RedisServer();
  const admin = server.connect();
  const refused = '-NOAUTH Authentication required.\r\n';
  admin.ask('ACL', 'SETUSER', 'default', 'off');
  const client = server.connect();
  expect(client.ask('PING')).toBe(refused);
  expect(admin.ask('PING')).toBe('+PONG\r\n');
  admin.ask('ACL', 'SETUSER', 'default', 'on');
  expect(client.ask('PING')).toBe('+PONG\r\n');
  admin.ask('CONFIG', 'SET', 'requirepass', 'pw');
  expect(client.ask('PING')).toBe(refused);
  expect(admin.ask('PING')).toBe('+PONG\r\n');
});
