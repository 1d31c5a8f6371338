import { expect, test } from 'vitest';
import { RedisServer } from '../../helpers/redis-server.js';

test('only what reaches the threshold is remembered, one sample a second: the longest', async () => {
  const server = new RedisServer();
  const { latency } = server.door;
  latency.note('command', 50);
  expect(latency.events).toEqual([]);
  server.connect().ask('CONFIG', 'SET', 'latency-monitor-threshold', '10');
  for (const ms of [9, 20, 30, 15]) latency.note('command', ms);
  expect(latency.samples('command').map(({ durationMs }) => durationMs)).toEqual([30]);
  await server.advance(1_000);
  latency.note('command', 12);
  expect(latency.samples('command').map(({ durationMs }) => durationMs)).toEqual([30, 12]);
  expect(latency.longestMs('command')).toBe(30);
  expect([latency.forget('command'), latency.forget('command'), latency.longestMs('command')]).toEqual([
    true,
    false,
    0,
  ]);
});

test('no more than 160 samples of an event are kept', async () => {
  const server = new RedisServer();
  server.connect().ask('CONFIG', 'SET', 'latency-monitor-threshold', '1');
  for (let ms = 1; ms <= 170; ms++) {
    server.door.latency.note('command', ms);
    await server.advance(1_000);
  }
  const kept = server.door.latency.samples('command');
  expect([kept.length, kept[0]?.durationMs, kept.at(-1)?.durationMs]).toEqual([160, 11, 170]);
});
