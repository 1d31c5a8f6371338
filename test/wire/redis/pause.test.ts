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

test('WRITE holds back all that replicas could hear of: scripts and EXEC with such, but no reading script', () => {
  const server = new RedisServer();
  const clients = Array.from({ length: 5 }, () => server.connect());
  clients[3]?.send('MULTI').send('PUBLISH', 'x', 'hi').take();
  server.connect().ask('CLIENT', 'PAUSE', '100', 'WRITE');
  clients[0]?.send('EVAL', 'return 1', '0');
  clients[1]?.send('FUNCTION', 'LOAD', '#!lua name=x');
  clients[2]?.send('PFCOUNT', 'k');
  clients[3]?.send('EXEC');
  clients[4]?.send('FCALL_RO', 'f', '0');
  expect(clients.map((client) => client.session.isWaiting)).toEqual([true, true, true, true, false]);
  expect(server.connect().ask('INFO', 'clients')).toContain('blocked_clients:4\r\n');
});

test('nothing expires during a pause, although it is gone for who reads', async () => {
  const server = new RedisServer();
  const client = server.connect();
  client.ask('SET', 'k', 'v', 'PX', '10');
  client.ask('CLIENT', 'PAUSE', '1000', 'WRITE');
  await server.advance(500);
  expect(client.ask('GET', 'k')).toBe('$-1\r\n');
  expect(server.model.counters.expired).toBe(0);
  await server.advance(500);
  expect(client.ask('GET', 'k')).toBe('$-1\r\n');
  expect(server.model.counters.expired).toBe(1);
});
