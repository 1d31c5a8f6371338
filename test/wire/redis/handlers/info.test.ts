import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

test('sections come by name, all, or without those that only come on demand', () => {
  const client = new RedisServer().connect();
  expect(client.ask('INFO', 'cluster')).toBe('$30\r\n# Cluster\r\ncluster_enabled:0\r\n\r\n');
  expect(client.ask('INFO', 'nosuch')).toBe('$0\r\n\r\n');
  expect(client.ask('INFO')).not.toContain('# Commandstats');
  expect(client.ask('INFO', 'everything')).toContain('cmdstat_info:calls=4,');
  expect(client.ask('INFO')).toContain('\r\nloading:0\r\n');
});

test('tells how many bytes and scripts have come and gone', async () => {
  const server = new RedisServer();
  await server.door.scripting.load();
  const client = server.connect();
  client.send('PING').send('SCRIPT', 'LOAD', 'return 1').take();
  const library =
    "#!lua name=one\nredis.register_function('f', function() end) redis.register_function('g', function() end)";
  client.ask('FUNCTION', 'LOAD', library);
  const told = client.ask('INFO', 'stats', 'memory');
  expect(told).toMatch(/total_net_input_bytes:(?!0)\d+\r\ntotal_net_output_bytes:(?!0)\d+\r\n/);
  expect(told).toMatch(/total_reads_processed:4\r\ntotal_writes_processed:\d+\r\n/);
  expect(told).toContain('number_of_cached_scripts:1\r\nnumber_of_functions:2\r\nnumber_of_libraries:1\r\n');
});
