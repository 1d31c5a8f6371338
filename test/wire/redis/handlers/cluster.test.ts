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
