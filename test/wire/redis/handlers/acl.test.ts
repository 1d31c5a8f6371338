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

test('LIST and GETUSER tell selectors and what keys are for', () => {
  const client = new RedisServer({ version: '7.0' }).connect();
  client.ask('ACL', 'SETUSER', 'u', '%R~r', '(+set %W~b &x)');
  expect(client.ask('ACL', 'LIST')).toContain(
    'user u off %R~r resetchannels -@all (%W~b resetchannels &x -@all +set)\r\n',
  );
  client.ask('HELLO', '3');
  expect(client.ask('ACL', 'GETUSER', 'u')).toContain(
    '$9\r\nselectors\r\n*1\r\n%3\r\n$8\r\ncommands\r\n$10\r\n-@all +set\r\n$4\r\nkeys\r\n$4\r\n%W~b\r\n$8\r\nchannels\r\n$2\r\n&x\r\n',
  );
});

test('DRYRUN says what a request lacks', () => {
  const client = new RedisServer({ version: '7.0' }).connect();
  client.ask('ACL', 'SETUSER', 'u', '+get', '~a');
  const dryRun = (line: string) => client.ask('ACL', 'DRYRUN', 'u', ...line.split(' '));
  expect(dryRun('get a')).toBe('+OK\r\n');
  expect(dryRun('get b')).toBe("$50\r\nThis user has no permissions to access the 'b' key\r\n");
  expect(dryRun('config get x')).toBe("$60\r\nThis user has no permissions to run the 'config|get' command\r\n");
  expect(dryRun('config foo')).toBe("-ERR Command 'config' not found\r\n");
  expect(dryRun('get')).toBe("-ERR wrong number of arguments for 'get' command\r\n");
});

test('LOG tells refusals in the words of the release', () => {
  for (const version of ['7.0', '7.2'] as const) {
    const client = new RedisServer({ version }).connect();
    client.ask('HELLO', '3');
    client.ask('AUTH', 'nobody', 'pw');
    const told = client.ask('ACL', 'LOG');
    expect(told).toContain(
      '$5\r\ncount\r\n:1\r\n$6\r\nreason\r\n$4\r\nauth\r\n$7\r\ncontext\r\n$8\r\ntoplevel\r\n$6\r\nobject\r\n$4\r\nAUTH\r\n' +
        '$8\r\nusername\r\n$6\r\nnobody\r\n$11\r\nage-seconds\r\n,0\r\n$11\r\nclient-info\r\n',
    );
    expect(told.includes('entry-id')).toBe(version === '7.2');
    expect(client.ask('ACL', 'LOG', 'x')).toBe('-ERR value is not an integer or out of range\r\n');
    expect(client.ask('ACL', 'LOG', '0')).toBe('*0\r\n');
  }
});

test('acl-pubsub-default gives new users every channel', () => {
  const client = new RedisServer().connect();
  client.ask('CONFIG', 'SET', 'acl-pubsub-default', 'allchannels');
  client.ask('ACL', 'SETUSER', 'u');
  expect(client.ask('ACL', 'LIST')).toContain('user u off sanitize-payload &* -@all\r\n');
});
