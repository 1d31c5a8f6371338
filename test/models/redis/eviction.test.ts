import { expect, test } from 'vitest';
import { RedisServer } from '../../helpers/redis-server.js';

/** Fills a server to its limit with `a`, `b`, `c` (which has an end) and says who had to go for one more. */
function victims(policy: string, use: string[][] = []): string[] {
  const server = new RedisServer({ config: { 'maxmemory-policy': policy } });
  const client = server.connect();
  const body = 'x'.repeat(10_000);
  for (const key of ['a', 'b']) client.ask('SET', key, body);
  client.ask('SET', 'c', body, 'EX', '100');
  for (const command of use) client.ask(...command);
  client.ask('CONFIG', 'SET', 'maxmemory', String(server.model.usedMemory - 1));
  return ['a', 'b', 'c'].filter((key) => client.ask('EXISTS', key) === ':0\r\n');
}

test('LRU takes what was used longest ago', () => {
  expect(victims('allkeys-lru')).toEqual(['a']);
});

test('volatile policies take only keys that have an end', () => {
  for (const policy of ['volatile-lru', 'volatile-lfu', 'volatile-random', 'volatile-ttl']) {
    expect(victims(policy)).toEqual(['c']);
  }
});

test('LFU takes what was used least', () => {
  const often = Array.from({ length: 50 }, () => [
    ['GET', 'a'],
    ['GET', 'c'],
  ]).flat();
  expect(victims('allkeys-lfu', often)).toEqual(['b']);
});

test('chance follows the seed, and noeviction takes nothing', () => {
  expect(victims('allkeys-random')).toHaveLength(1);
  expect(victims('allkeys-random')).toEqual(victims('allkeys-random'));
  expect(victims('noeviction')).toEqual([]);
});

test('recency goes on while keys come and go', () => {
  const server = new RedisServer({ config: { 'maxmemory-policy': 'allkeys-lru' } });
  const client = server.connect();
  client.ask('CONFIG', 'SET', 'maxmemory', String(server.model.usedMemory + 10_000));
  for (let i = 0; i < 1_000; i++) {
    client.ask('SET', `k${i}`, 'x'.repeat(100));
    client.ask('GET', 'k0');
  }
  expect(client.ask('EXISTS', 'k0', 'k1', 'k999')).toBe(':2\r\n');
  expect(server.model.counters.evicted).toBeGreaterThan(900);
});
