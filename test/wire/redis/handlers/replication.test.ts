import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

test('a replica refuses writes and keeps its channels', () => {
  const client = new RedisServer().connect();
  expect(client.ask('REPLICAOF', 'far.example', '6379')).toBe('+OK\r\n');
  expect(client.ask('ROLE')).toContain('slave');
  expect(client.ask('SET', 'k', 'v')).toBe("-READONLY You can't write against a read only replica.\r\n");
  expect(client.ask('PUBLISH', 'x', 'm')).toBe(':0\r\n');
  expect(client.ask('REPLICAOF', 'NO', 'ONE') + client.ask('SET', 'k', 'v')).toBe('+OK\r\n+OK\r\n');
});

test('WAIT for a replica that never comes takes its whole time', async () => {
  const server = new RedisServer();
  const client = server.connect();
  expect(client.ask('WAIT', '0', '100')).toBe(':0\r\n');
  expect(client.ask('WAIT', '1', '100')).toBe('');
  await server.advance(100);
  expect(client.take()).toBe(':0\r\n');
});

test('a replica may introduce itself, and is told that nothing will come', () => {
  const client = new RedisServer().connect();
  expect(client.ask('REPLCONF', 'listening-port', '1', 'capa', 'eof')).toBe('+OK\r\n');
  expect(client.ask('REPLCONF', 'ack', '1')).toBe('');
  expect(client.ask('REPLCONF', 'foo', 'bar')).toBe('-ERR Unrecognized REPLCONF option: foo\r\n');
  expect(client.ask('REPLCONF', 'x')).toBe('-ERR syntax error\r\n');
  expect(client.ask('PSYNC', '?', '-1')).toBe('-ERR this broker sends nothing to replicas\r\n');
});

test('INFO tells whom a replica would follow', () => {
  const client = new RedisServer().connect();
  expect(client.ask('REPLICAOF', 'h', 'x')).toBe('-ERR Invalid master port\r\n');
  client.ask('REPLICAOF', 'h', '1');
  expect(client.ask('INFO', 'replication')).toContain(
    'role:slave\r\nmaster_host:h\r\nmaster_port:1\r\nmaster_link_status:down\r\nmaster_last_io_seconds_ago:-1\r\n',
  );
});
