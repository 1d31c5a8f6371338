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
