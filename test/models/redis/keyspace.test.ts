import { expect, test } from 'vitest';
import { RedisServer } from '../../helpers/redis-server.js';

function watched(config: Record<string, string> = {}) {
  const server = new RedisServer({ config: { 'notify-keyspace-events': 'EA', ...config } });
  const events: string[] = [];
  server.model.psubscribe('__keyevent@*', (message) => {
    events.push(`${message.channel.split(':')[1]} ${message.text()}`);
  });
  return { server, keyspace: server.model.keyspace, events };
}

test('a key whose time has passed is gone for who looks, and tells so once', async () => {
  const { server, keyspace, events } = watched();
  keyspace.setActiveExpire(false);
  keyspace.set(0, 'k', 'v', server.clock.now + 50);
  await server.advance(50);
  expect(events).toEqual([]);
  expect(keyspace.database(0).entries.size).toBe(1);
  expect(keyspace.lookup(0, 'k')).toBeUndefined();
  expect(keyspace.lookup(0, 'k')).toBeUndefined();
  expect(events).toEqual(['expired k']);
});

test('a tick removes what nobody asks for, late but never early', async () => {
  const { server, keyspace, events } = watched();
  keyspace.set(3, 'k', 'v', server.clock.now + 150);
  await server.advance(149);
  expect(events).toEqual([]);
  await server.advance(100);
  expect(events).toEqual(['expired k']);
});

test('memory is that of the keys, and back where it was without them', () => {
  const { keyspace } = watched();
  const empty = keyspace.usedBytes;
  keyspace.set(0, 'k', 'x'.repeat(1_000));
  keyspace.set(1, 'k', 'y');
  expect(keyspace.usedBytes).toBeGreaterThan(empty + 1_000);
  keyspace.set(0, 'k', '');
  keyspace.swap(0, 1);
  keyspace.delete(0, 'k');
  keyspace.flush(1);
  expect(keyspace.usedBytes).toBe(empty);
});

test('watchers hear of every change until they stop', () => {
  const { keyspace } = watched();
  let changes = 0;
  const { stop } = keyspace.watch(0, 'k', () => changes++);
  keyspace.set(0, 'k', 'v');
  keyspace.delete(0, 'k');
  keyspace.set(1, 'k', 'v');
  expect(changes).toBe(2);
  stop();
  keyspace.set(0, 'k', 'v');
  expect(changes).toBe(2);
});
