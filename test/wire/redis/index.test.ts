import { describe, expect, test } from 'vitest';
import { RedisServer, settled } from '../../helpers/redis-server.js';

describe('the door', () => {
  test('numbers its clients, oldest first, and forgets those that are gone', () => {
    const server = new RedisServer();
    const [first, second] = [server.connect(), server.connect()];
    expect([...server.door.sessions.keys()]).toEqual([1, 2]);
    expect([first.ask('CLIENT', 'ID'), second.ask('CLIENT', 'ID')]).toEqual([':1\r\n', ':2\r\n']);
    first.close();
    expect([...server.door.sessions.keys()]).toEqual([2]);
    expect(server.connect().ask('CLIENT', 'ID')).toBe(':3\r\n');
  });

  test('counts who came and who was turned away', () => {
    const server = new RedisServer({ config: { maxclients: '1' } });
    server.connect();
    expect(server.connect().take()).toBe('-ERR max number of clients reached\r\n');
    expect([server.door.stats.connections, server.door.stats.rejectedConnections]).toEqual([2, 1]);
  });

  test('tells what it served to those that a publication reaches in the same turn, the writer last', async () => {
    const server = new RedisServer();
    const [reader, writer] = [server.connect(), server.connect()];
    reader.ask('SUBSCRIBE', 'c');
    writer.send('PUBLISH', 'c', 'a').send('PUBLISH', 'c', 'b');
    await settled();
    const push = (text: string) => `*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\n${text}\r\n`;
    expect([reader.take(), writer.take()]).toEqual([push('a') + push('b'), ':1\r\n:1\r\n']);
  });

  test('runs what a blocked client sent meanwhile once it is served, in order', () => {
    const server = new RedisServer();
    const [blocked, other] = [server.connect(), server.connect()];
    blocked.send('BLPOP', 'k', '0').send('GET', 'x');
    expect(blocked.take()).toBe('');
    other.ask('SET', 'x', '1');
    other.ask('RPUSH', 'k', 'v');
    expect(blocked.take()).toBe('*2\r\n$1\r\nk\r\n$1\r\nv\r\n$1\r\n1\r\n');
  });
});

describe('a password', () => {
  test('that is set is asked of those who come, not of those who are there', () => {
    const server = new RedisServer();
    const old = server.connect();
    expect(old.ask('CONFIG', 'SET', 'requirepass', 'secret')).toBe('+OK\r\n');
    expect([old.ask('PING'), server.connect().ask('PING')]).toEqual([
      '+PONG\r\n',
      '-NOAUTH Authentication required.\r\n',
    ]);
  });

  test('that is taken away lets everybody in', () => {
    const server = new RedisServer({ config: { requirepass: 'secret' } });
    const [inside, outside] = [server.connect(), server.connect()];
    inside.ask('AUTH', 'secret');
    expect(outside.ask('PING')).toBe('-NOAUTH Authentication required.\r\n');
    inside.ask('CONFIG', 'SET', 'requirepass', '');
    expect(outside.ask('PING')).toBe('+PONG\r\n');
  });
});

test('limits of requests are made once, and again when a setting changes', () => {
  const server = new RedisServer();
  const { door } = server;
  const before = door.parserLimits(true);
  expect(door.parserLimits(true)).toBe(before);
  expect([before.restricted, door.parserLimits(false).restricted]).toEqual([false, true]);
  server.connect().ask('CONFIG', 'SET', 'proto-max-bulk-len', '1mb');
  expect(door.parserLimits(true)).toEqual({ ...before, bulkBytes: 1024 * 1024 });
});

test('a cluster is down with slots that nobody serves, unless it may lack some', () => {
  const server = new RedisServer({ cluster: true });
  const client = server.connect();
  const { door } = server;
  const before = door.clusterIsDown;
  client.ask('CLUSTER', 'DELSLOTS', '1');
  const lacking = door.clusterIsDown;
  client.ask('CONFIG', 'SET', 'cluster-require-full-coverage', 'no');
  expect([before, lacking, door.clusterIsDown]).toEqual([false, true, false]);
});

test('monitors see what others do until they leave', async () => {
  const server = new RedisServer();
  const [monitor, other] = [server.connect(), server.connect()];
  monitor.ask('MONITOR');
  other.ask('PING', 'seen');
  await settled();
  expect(monitor.take()).toContain('"PING" "seen"\r\n');
  monitor.ask('RESET');
  other.ask('PING', 'unseen');
  await settled();
  expect(monitor.take()).toBe('');
});

test('the catalogue that rules are made from knows commands and their subcommands', () => {
  const { catalog } = new RedisServer().door;
  expect(['get', 'client|kill', 'nope', '__proto__'].map((name) => catalog.categories(name) !== undefined)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(catalog.subcommands('config')).toContain('config|get');
  expect(catalog.names.indexOf('config')).toBeLessThan(catalog.names.indexOf('config|get'));
  expect(catalog.categories('publish')).toContain('pubsub');
  for (const category of catalog.categories('publish') ?? []) expect(catalog.allCategories.has(category)).toBe(true);
});
