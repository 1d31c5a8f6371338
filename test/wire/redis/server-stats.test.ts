import { expect, test } from 'vitest';
import { ServerStats } from '../../../src/wire/redis/server-stats.js';

test('counts calls, refusals, failures and errors by code, until it is reset', () => {
  const stats = new ServerStats();
  stats.count('get', 'calls');
  stats.count('get', 'failed');
  stats.count('set', 'rejected');
  stats.countError('WRONGTYPE Operation');
  stats.countError('WRONGTYPE Operation');
  expect(stats.byCommand.get('get')).toEqual({ calls: 1, rejected: 0, failed: 1 });
  expect(stats.commands).toBe(1);
  expect(stats.errorCount).toBe(2);
  stats.countRead(10);
  stats.countRead(5);
  stats.countWrite(7);
  expect([stats.reads, stats.readBytes, stats.writes, stats.writtenBytes]).toEqual([2, 15, 1, 7]);
  stats.reset();
  expect([stats.reads, stats.readBytes, stats.writes, stats.writtenBytes]).toEqual([0, 0, 0, 0]);
  expect([stats.commands, stats.errorCount, stats.byCommand.size]).toEqual([0, 0, 0]);
});
