import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

test('COMMAND INFO describes, null for what is unknown', () => {
  const client = new RedisServer().connect();
  expect(client.ask('COMMAND', 'INFO', 'nosuch')).toBe('*1\r\n$-1\r\n');
  expect(client.ask('COMMAND', 'INFO', 'publish')).toContain('+pubsub\r\n+loading\r\n+stale\r\n+fast\r\n');
  expect(client.ask('COMMAND', 'GETKEYS', 'MSET', 'a', '1', 'b', '2')).toBe('*2\r\n$1\r\na\r\n$1\r\nb\r\n');
  expect(client.ask('COMMAND', 'GETKEYS', 'EVAL', 'return 1', '0')).toBe('*0\r\n');
  expect(client.ask('COMMAND', 'INFO', 'config|get|x', 'get|x')).toBe('*2\r\n$-1\r\n$-1\r\n');
  expect(client.ask('COMMAND', 'FOO')).toBe("-ERR unknown subcommand 'FOO'. Try COMMAND HELP.\r\n");
});

test('COMMAND LIST names subcommands, too', () => {
  const client = new RedisServer().connect();
  const all = client.ask('COMMAND', 'LIST');
  for (const name of ['get', 'xgroup', 'xgroup|create', 'acl|whoami']) expect(all).toContain(`\r\n${name}\r\n`);
  expect(client.ask('COMMAND', 'LIST', 'FILTERBY', 'PATTERN', '*')).toBe(all);
});

test('CONFIG SET takes all or nothing', () => {
  const client = new RedisServer().connect();
  expect(client.ask('CONFIG', 'SET', 'hz', '50', 'nosuch', '1')).toContain("CONFIG SET - 'nosuch'");
  expect(client.ask('CONFIG', 'GET', 'hz')).toBe('*2\r\n$2\r\nhz\r\n$2\r\n10\r\n');
});

test('DEBUG is refused unless it is switched on', () => {
  expect(new RedisServer().connect().ask('DEBUG', 'SLEEP', '0')).toMatch(/^-ERR DEBUG command not allowed\./);
  expect(new RedisServer({ debug: true }).connect().ask('DEBUG', 'SLEEP', '0')).toBe('+OK\r\n');
});

test('SHUTDOWN closes every connection without a reply', () => {
  const server = new RedisServer();
  const client = server.connect();
  expect(client.ask('SHUTDOWN', 'NOSAVE')).toBe('');
  expect(client.session.closing).toBe(true);
});

test('MEMORY STATS tells of keys; PURGE has nothing to do', () => {
  const client = new RedisServer().connect();
  client.send('HELLO', '3').send('SET', 'k', 'v').take();
  expect(client.ask('MEMORY', 'STATS')).toContain('$10\r\nkeys.count\r\n:1\r\n');
  expect(client.ask('MEMORY', 'PURGE')).toBe('+OK\r\n');
});

test('modules cannot be changed', () => {
  const client = new RedisServer().connect();
  for (const name of ['LOAD', 'LOADEX', 'UNLOAD']) {
    expect(client.ask('MODULE', name, 'x')).toMatch(/^-ERR MODULE command not allowed/);
  }
});

test('the number of commands is that of the release', () => {
  const count = (version: '7.0' | '7.2') => new RedisServer({ version }).connect().ask('COMMAND', 'COUNT');
  expect(count('7.0')).toBe(':240\r\n');
});

test('INFO counts changes until SAVE', async () => {
  const server = new RedisServer();
  const client = server.connect();
  const told = (field: string) => Number(new RegExp(`${field}:(\\d+)`).exec(client.ask('INFO', 'persistence'))?.[1]);
  expect(told('rdb_changes_since_last_save')).toBe(0);
  client.send('SET', 'k', 'v').send('DEL', 'k').send('GET', 'k').send('DEL', 'k').take();
  expect(told('rdb_changes_since_last_save')).toBe(2);
  const before = told('rdb_last_save_time');
  await server.advance(5_000);
  client.ask('SAVE');
  expect(told('rdb_changes_since_last_save')).toBe(0);
  expect(told('rdb_last_save_time')).toBe(before + 5);
});

test('a transaction cannot begin to monitor', () => {
  const client = new RedisServer().connect();
  client.send('MULTI').send('MONITOR').take();
  expect(client.ask('EXEC')).toBe("*1\r\n-ERR MONITOR isn't allowed for DENY BLOCKING client\r\n");
});

test('SHUTDOWN can be asked for in words that fit together, and not be stopped', () => {
  const client = new RedisServer().connect();
  expect(client.ask('SHUTDOWN', 'ABORT')).toBe('-ERR No shutdown in progress.\r\n');
  for (const words of [['NOSAVE', 'ABORT'], ['SAVE', 'NOSAVE'], ['foo']]) {
    expect(client.ask('SHUTDOWN', ...words)).toBe('-ERR syntax error\r\n');
  }
  expect(client.ask('PING')).toBe('+PONG\r\n');
});
