import { expect, test } from 'vitest';
import { type RedisClient, RedisServer, settled } from '../../helpers/redis-server.js';

const MiB = 1024 * 1024;

function subscribers(limit: string): { server: RedisServer; slow: RedisClient; quick: RedisClient; pub: RedisClient } {
  const server = new RedisServer({ config: { 'client-output-buffer-limit': `pubsub ${limit}` } });
  const [slow, quick, pub] = [server.connect(), server.connect(), server.connect()];
  for (const client of [slow, quick]) client.ask('SUBSCRIBE', 'x');
  slow.read(false);
  return { server, slow, quick, pub };
}

test('P7 a subscriber over the hard limit is cut; the publish that did it counts it, the next does not', async () => {
  const { slow, quick, pub } = subscribers('3mb 0 0');
  const body = 'a'.repeat(2 * MiB);
  expect(pub.ask('PUBLISH', 'x', body)).toBe(':2\r\n');
  expect(pub.ask('PUBLISH', 'x', body)).toBe(':2\r\n');
  await settled();
  expect(slow.closed).toBe(true);
  expect(quick.take()).toHaveLength(2 * (body.length + 36));
  expect(pub.ask('PUBLISH', 'x', 'after')).toBe(':1\r\n');
  expect(quick.take()).toContain('after');
});

test('P7 one over the soft limit is cut after its seconds, without further traffic', async () => {
  const { server, slow, quick, pub } = subscribers('0 64kb 5');
  pub.ask('PUBLISH', 'x', 'a'.repeat(2 * MiB));
  await server.advance(4_999);
  expect(slow.closed).toBe(false);
  await server.advance(1);
  expect([slow.closed, quick.closed]).toEqual([true, false]);
});

test('P7 one that reads on in time is spared', async () => {
  const { server, slow, pub } = subscribers('0 64kb 5');
  pub.ask('PUBLISH', 'x', 'a'.repeat(2 * MiB));
  await server.advance(3_000);
  slow.read(true);
  await server.advance(10_000);
  expect(slow.closed).toBe(false);
});

test('the default limits are those of Redis', () => {
  const { config } = new RedisServer().model;
  expect(config.outputLimit('pubsub')).toEqual({ hardBytes: 32 * MiB, softBytes: 8 * MiB, softSeconds: 60 });
});
