import { expect, test } from 'vitest';
import { RedisServer, settled } from '../../../helpers/redis-server.js';

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

test('who waits for something is sent away when the server becomes a replica', async () => {
  const server = new RedisServer();
  const [admin, list, stream, reader] = [server.connect(), server.connect(), server.connect(), server.connect()];
  list.send('BLPOP', 'k', '0').send('PING');
  stream.send('XREAD', 'BLOCK', '0', 'STREAMS', 's', '$');
  reader.send('SUBSCRIBE', 'x').take();
  expect(admin.ask('REPLICAOF', 'h', '1')).toBe('+OK\r\n');
  await settled();
  for (const client of [list, stream]) {
    expect(client.take()).toBe(
      '-UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)\r\n',
    );
    expect(client.closed).toBe(true);
  }
  expect(reader.closed).toBe(false);
});

test.each([
  ['ABORT', 'ERR No failover in progress.'],
  ['', 'ERR FAILOVER requires connected replicas.'],
  ['TO h 1 FORCE TIMEOUT 5', 'ERR FAILOVER requires connected replicas.'],
  ['TIMEOUT 0', 'ERR FAILOVER timeout must be greater than 0'],
  ['TIMEOUT x', 'ERR value is not an integer or out of range'],
  ['TO h', 'ERR syntax error'],
  ['FORCE FORCE', 'ERR syntax error'],
])('FAILOVER %s: %s', (options, line) => {
  const words = options === '' ? [] : options.split(' ');
  expect(new RedisServer().connect().ask('FAILOVER', ...words)).toBe(`-${line}\r\n`);
});
