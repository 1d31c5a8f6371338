import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

test('EXISTS, TYPE and TTL do not use a key, TOUCH does', async () => {
  const server = new RedisServer();
  const client = server.connect();
  client.send('SET', 'k', 'v').take();
  await server.advance(3_000);
  client.send('EXISTS', 'k').send('TYPE', 'k').send('TTL', 'k').take();
  expect(client.ask('OBJECT', 'IDLETIME', 'k')).toBe(':3\r\n');
  expect(client.ask('TOUCH', 'k') + client.ask('OBJECT', 'IDLETIME', 'k')).toBe(':1\r\n:0\r\n');
});

test('TTL rounds to the nearest second', async () => {
  const server = new RedisServer();
  const client = server.connect();
  for (const [ms, seconds] of [
    [1_400, 1],
    [1_800, 2],
    [400, 0],
  ] as const) {
    client.ask('SET', 'k', 'v', 'PX', String(ms));
    expect(client.ask('TTL', 'k')).toBe(`:${seconds}\r\n`);
  }
  await server.advance(400);
  expect(client.ask('EXISTS', 'k')).toBe(':0\r\n');
});

test('SCAN gives every key that was there throughout', () => {
  const client = new RedisServer().connect();
  for (let i = 0; i < 55; i++) client.ask('SET', `k${i}`, 'v');
  const seen = new Set<string>();
  let cursor = '0';
  do {
    const [, next = '0', rest = ''] = /^\*2\r\n\$\d+\r\n(\d+)\r\n(.*)$/s.exec(client.ask('SCAN', cursor)) ?? [];
    for (const match of rest.matchAll(/(k\d+)/g)) seen.add(match[1] as string);
    cursor = next;
  } while (cursor !== '0');
  expect(seen.size).toBe(55);
  expect(client.ask('SCAN', '18446744073709551616')).toBe('-ERR invalid cursor\r\n');
});

test('conditions of EXPIRE that cannot hold together are refused', () => {
  const client = new RedisServer().connect();
  expect(client.ask('EXPIRE', 'k', '1', 'NX', 'XX')).toContain('NX and XX, GT or LT options');
  expect(client.ask('EXPIRE', 'k', '1', 'GT', 'LT')).toContain('GT and LT options');
  client.ask('SET', 'k', 'v');
  expect(client.ask('EXPIRE', 'k', '10', 'GT') + client.ask('EXPIRE', 'k', '10', 'LT')).toBe(':0\r\n:1\r\n');
});

test('an end that no 64 bits hold in milliseconds is refused, before and after now', () => {
  const client = new RedisServer().connect();
  client.send('SET', 'k', 'v').take();
  const refusal = "-ERR invalid expire time in 'expire' command\r\n";
  expect(client.ask('EXPIRE', 'k', '-9223372036854776') + client.ask('EXPIRE', 'k', '9223372036854775')).toBe(
    refusal + refusal,
  );
  expect(client.ask('EXPIRE', 'k', '-9223372036854775') + client.ask('EXISTS', 'k')).toBe(':1\r\n:0\r\n');
});

test('the pattern * takes the empty name, which no other pattern of stars does', () => {
  const client = new RedisServer().connect();
  client.send('SET', '', 'v').send('SADD', 's', '', 'a').take();
  expect(client.ask('KEYS', '*').startsWith('*2\r\n')).toBe(true);
  expect(client.ask('KEYS', '**')).toBe('*1\r\n$1\r\ns\r\n');
  expect(client.ask('SCAN', '0', 'MATCH', '*')).toContain('*2\r\n$0\r\n\r\n$1\r\ns\r\n');
  expect(client.ask('SSCAN', 's', '0', 'MATCH', '')).toBe('*2\r\n$1\r\n0\r\n*1\r\n$0\r\n\r\n');
});

test('OBJECT removes a key whose time has passed, and misses it without a keymiss', async () => {
  const server = new RedisServer({ debug: true, config: { 'notify-keyspace-events': 'KEAm' } });
  const client = server.connect();
  const events: string[] = [];
  server.model.psubscribe('__keyevent@*', (message) => events.push(message.channel));
  client.send('DEBUG', 'SET-ACTIVE-EXPIRE', '0').send('SET', 'k', 'v', 'PX', '10').take();
  await server.advance(10);
  events.length = 0;
  for (const subcommand of ['ENCODING', 'FREQ', 'IDLETIME', 'REFCOUNT']) client.ask('OBJECT', subcommand, 'k');
  expect(events).toEqual(['__keyevent@0__:expired']);
  expect(server.model.counters).toMatchObject({ expired: 1, misses: 4 });
});
