import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

test('finds the longest common subsequence, its length and where it is', () => {
  const client = new RedisServer().connect();
  client.ask('MSET', 'a', 'ohmytext', 'b', 'mynewtext');
  expect(client.ask('LCS', 'a', 'b')).toBe('$6\r\nmytext\r\n');
  expect(client.ask('LCS', 'a', 'b', 'LEN')).toBe(':6\r\n');
  const both = '*3\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n:4\r\n';
  expect(client.ask('LCS', 'a', 'b', 'IDX', 'MINMATCHLEN', '4', 'WITHMATCHLEN')).toBe(
    `*4\r\n$7\r\nmatches\r\n*1\r\n${both}$3\r\nlen\r\n:6\r\n`,
  );
  expect(client.ask('LCS', 'a', 'b', 'LEN', 'IDX')).toContain('please just use IDX');
});
