import { expect, test } from 'vitest';
import { RedisServer } from '../../helpers/redis-server.js';

test('closes who said nothing for too long, but no subscriber, no monitor and nobody who waits', async () => {
  const server = new RedisServer({ config: { timeout: '2' } });
  const clients = Array.from({ length: 5 }, () => server.connect());
  const [idle, busy, subscriber, monitor, waiting] = clients as [(typeof clients)[0], ...typeof clients];
  subscriber?.ask('SUBSCRIBE', 'x');
  monitor?.ask('MONITOR');
  waiting?.send('WAIT', '1', '0');
  for (let second = 0; second < 4; second++) {
    await server.advance(1_000);
    busy?.ask('PING');
  }
  expect(clients.map((client) => client?.closed)).toEqual([true, false, false, false, false]);
  expect(idle?.take()).toBe('');
});

test('starts when the parameter is set and stops with it', async () => {
  const server = new RedisServer();
  const client = server.connect();
  client.ask('CONFIG', 'SET', 'timeout', '1');
  client.ask('CONFIG', 'SET', 'timeout', '0');
  await server.advance(10_000);
  expect(client.closed).toBe(false);
});
