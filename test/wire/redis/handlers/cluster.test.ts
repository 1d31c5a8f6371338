import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

test('is refused while cluster mode is off', () => {
  const client = new RedisServer().connect();
  for (const args of [['CLUSTER', 'INFO'], ['READONLY'], ['ASKING'], ['CLUSTER', 'KEYSLOT', 'x']]) {
    expect(client.ask(...args)).toBe('-ERR This instance has cluster support disabled\r\n');
  }
});

test('a slot that leaves takes its shard subscribers along', () => {
  const server = new RedisServer({ cluster: true, config: { 'cluster-require-full-coverage': 'no' } });
  const [sub, admin] = [server.connect(), server.connect()];
  sub.ask('SSUBSCRIBE', 's1');
  expect(admin.ask('CLUSTER', 'DELSLOTS', '15224')).toBe('+OK\r\n');
  expect(sub.take()).toBe('*3\r\n$12\r\nsunsubscribe\r\n$2\r\ns1\r\n:0\r\n');
  expect(admin.ask('SPUBLISH', 's1', 'm')).toBe('-CLUSTERDOWN Hash slot not served\r\n');
  expect(admin.ask('SSUBSCRIBE', '{a}', '{b}')).toBe("-CROSSSLOT Keys in request don't hash to the same slot\r\n");
});

test('slots come and go by ranges, and all at once', async () => {
  const client = new RedisServer({ cluster: true }).connect();
  const ask = (line: string) => client.ask('CLUSTER', ...line.split(' '));
  expect(ask('DELSLOTSRANGE 0 5 7 7')).toBe('+OK\r\n');
  expect(ask('DELSLOTSRANGE 5 6')).toBe('-ERR Slot 5 is already unassigned\r\n');
  expect(ask('ADDSLOTSRANGE 0 6')).toBe('-ERR Slot 6 is already busy\r\n');
  expect(ask('ADDSLOTSRANGE 5 0')).toBe('-ERR start slot number 5 is greater than end slot number 0\r\n');
  expect(ask('ADDSLOTSRANGE 0 1 2')).toBe("-ERR wrong number of arguments for 'cluster|addslotsrange' command\r\n");
  expect(ask('ADDSLOTSRANGE 0 16384')).toBe('-ERR Invalid or out of range slot\r\n');
  expect(ask('ADDSLOTSRANGE 0 5 7 7')).toBe('+OK\r\n');
  client.ask('SET', 'k', 'v');
  expect(ask('FLUSHSLOTS')).toBe('-ERR DB must be empty to perform CLUSTER FLUSHSLOTS.\r\n');
  expect(ask('RESET')).toBe("-ERR CLUSTER RESET can't be called with master nodes containing keys\r\n");
  client.ask('FLUSHALL');
  expect(ask('FLUSHSLOTS')).toBe('+OK\r\n');
  expect(ask('SLOTS')).toBe('*0\r\n');
});

test('slots that leave in whatever way take their channels along', async () => {
  const server = new RedisServer({ cluster: true });
  const [admin, reader] = [server.connect(), server.connect()];
  reader.ask('SSUBSCRIBE', 'x');
  admin.ask('CLUSTER', 'RESET', 'SOFT');
  expect(reader.take()).toBe('*3\r\n$12\r\nsunsubscribe\r\n$1\r\nx\r\n:0\r\n');
});

test.each([
  ['BUMPEPOCH', '+BUMPED 1'],
  ['SET-CONFIG-EPOCH -1', '-ERR Invalid config epoch specified: -1'],
  ['SAVECONFIG', '+OK'],
  ['FORGET x', '-ERR Unknown node x'],
  ['REPLICAS x', '-ERR Unknown node x'],
  ['REPLICAS ME', '*0'],
  ['SLAVES ME', '*0'],
  ['COUNT-FAILURE-REPORTS ME', ':0'],
  ['FORGET ME', "-ERR I tried hard but I can't forget myself..."],
  ['REPLICATE ME', "-ERR Can't replicate myself"],
  ['FAILOVER FORCE', '-ERR You should send CLUSTER FAILOVER to a replica'],
  ['FAILOVER x', '-ERR syntax error'],
  ['MEET 127.0.0.1 7000', '+OK'],
  ['MEET x 1', '-ERR Invalid node address specified: x:1'],
  ['MEET 127.0.0.1 x', '-ERR Invalid TCP base port specified: x'],
  ['SETSLOT 5 STABLE', '+OK'],
  ['SETSLOT 5 NODE x', '-ERR Unknown node x'],
  ['SETSLOT 5 NODE ME', '+OK'],
  ['SETSLOT 5 MIGRATING x', "-ERR I don't know about node x"],
  ['SETSLOT 5 IMPORTING x', "-ERR I'm already the owner of hash slot 5"],
  ['SETSLOT 5 foo', '-ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP'],
  ['RESET foo', '-ERR syntax error'],
  ['COUNTKEYSINSLOT x', '-ERR value is not an integer or out of range'],
  ['COUNTKEYSINSLOT 99999', '-ERR Invalid slot'],
])('CLUSTER %s: %s', (line, reply) => {
  const client = new RedisServer({ cluster: true }).connect();
  const words = line.split(' ').map((word) => (word === 'ME' ? client.session.door.broker.nodeId : word));
  expect(client.ask('CLUSTER', ...words)).toBe(`${reply}\r\n`);
});

test('the epoch is bumped once', () => {
  const client = new RedisServer({ cluster: true }).connect();
  client.ask('CLUSTER', 'SET-CONFIG-EPOCH', '5');
  expect(client.ask('CLUSTER', 'BUMPEPOCH')).toBe('+STILL 5\r\n');
  expect(client.ask('CLUSTER', 'SET-CONFIG-EPOCH', '6')).toBe('-ERR Node config epoch is already non-zero\r\n');
  expect(client.ask('CLUSTER', 'INFO')).toContain('cluster_current_epoch:5\r\ncluster_my_epoch:5\r\n');
  expect(client.ask('CLUSTER', 'NODES')).toContain(' myself,master - 0 0 5 connected ');
});

test('EXEC over several slots is told so in plain words', () => {
  const client = new RedisServer({ cluster: true }).connect();
  client.send('MULTI').send('GET', 'foo').send('GET', 'bar').take();
  expect(client.ask('EXEC')).toBe("-CROSSSLOT Keys in request don't hash to the same slot\r\n");
  expect(client.ask('EXEC')).toBe('-ERR EXEC without MULTI\r\n');
});
