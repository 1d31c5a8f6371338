import { expect, test } from 'vitest';
import { RedisServer, settled } from '../../../helpers/redis-server.js';

test('a new user may do nothing; channels are matched, patterns must be named', () => {
  const server = new RedisServer();
  const [admin, user] = [server.connect(), server.connect()];
  admin.ask('ACL', 'SETUSER', 'u', 'on', '>pw', '+@all', '&x*');
  user.ask('AUTH', 'u', 'pw');
  expect(user.ask('PUBLISH', 'xy', 'm')).toBe(':0\r\n');
  expect(user.ask('SUBSCRIBE', 'xy', 'other')).toBe('-NOPERM No permissions to access a channel\r\n');
  expect(user.ask('PSUBSCRIBE', 'xy*')).toBe('-NOPERM No permissions to access a channel\r\n');
  expect(user.ask('PSUBSCRIBE', 'x*')).toContain('psubscribe');
});

test('rights that shrink close exactly who holds a forbidden subscription', async () => {
  const server = new RedisServer();
  const [admin, kept, lost] = [server.connect(), server.connect(), server.connect()];
  admin.ask('ACL', 'SETUSER', 'u', 'on', 'nopass', '+@all', '&a', '&b');
  for (const [client, channel] of [
    [kept, 'a'],
    [lost, 'b'],
  ] as const) {
    client.ask('AUTH', 'u', '');
    client.ask('SUBSCRIBE', channel);
  }
  admin.ask('ACL', 'SETUSER', 'u', 'resetchannels', '&a');
  await settled();
  expect([kept.closed, lost.closed]).toEqual([false, true]);
});

test('rights that stay the same close who subscribed as another user, unless there were none', async () => {
  for (const [rights, closes] of [
    ['&x*', true],
    ['-@dangerous', false],
  ] as const) {
    const server = new RedisServer();
    const [admin, user] = [server.connect(), server.connect()];
    user.send('HELLO', '3').send('PSUBSCRIBE', 'y*').take();
    admin.ask('ACL', 'SETUSER', 'u', 'on', 'nopass', '+@all', rights);
    user.ask('AUTH', 'u', 'pw');
    admin.ask('ACL', 'SETUSER', 'u', 'on');
    await settled();
    expect(user.closed).toBe(closes);
  }
});

test('rules apply all or none', () => {
  const client = new RedisServer().connect();
  expect(client.ask('ACL', 'SETUSER', 'u', 'on', 'bogus')).toBe(
    "-ERR Error in ACL SETUSER modifier 'bogus': Syntax error\r\n",
  );
  expect(client.ask('ACL', 'USERS')).toBe('*1\r\n$7\r\ndefault\r\n');
  expect(client.ask('ACL', 'DELUSER', 'default')).toBe("-ERR The 'default' user cannot be removed\r\n");
});
