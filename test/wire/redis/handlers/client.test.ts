import { expect, test } from 'vitest';
import { RedisServer, settled } from '../../../helpers/redis-server.js';

test('P9 a killed client is gone at once, with its subscriptions', async () => {
  const server = new RedisServer();
  const [sub, admin] = [server.connect(), server.connect()];
  sub.ask('SUBSCRIBE', 'x');
  admin.sendRaw('CLIENT KILL TYPE pubsub\r\nPUBLISH x hi\r\n');
  expect(admin.take()).toBe(':1\r\n:0\r\n');
  await settled();
  expect([sub.closed, sub.take()]).toEqual([true, '']);
});

test('REPLY OFF silences replies, not confirmations', () => {
  const client = new RedisServer().connect();
  expect(client.ask('CLIENT', 'REPLY', 'OFF') + client.ask('PING') + client.ask('NOSUCH')).toBe('');
  expect(client.ask('SUBSCRIBE', 'x')).toContain('subscribe');
  expect(client.ask('RESET')).toBe('+RESET\r\n');
});

test('SETINFO is known from 7.2 on', () => {
  const ask = (version: '7.0' | '7.2') =>
    new RedisServer({ version }).connect().ask('CLIENT', 'SETINFO', 'LIB-NAME', 'x');
  expect(ask('7.0')).toBe("-ERR unknown subcommand 'SETINFO'. Try CLIENT HELP.\r\n");
  expect(ask('7.2')).toBe('+OK\r\n');
});

test('LIST tells who is connected', () => {
  const client = new RedisServer().connect();
  client.ask('CLIENT', 'SETNAME', 'me');
  expect(client.ask('CLIENT', 'LIST')).toMatch(
    /id=1 addr=127\.0\.0\.1:40000 .* name=me .* flags=N db=0 .* cmd=client\|list /,
  );
});
