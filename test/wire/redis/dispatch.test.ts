import { expect, test } from 'vitest';
import { RedisServer } from '../../helpers/redis-server.js';

test('unknown commands are answered with what was sent, cut and on one line', () => {
  const client = new RedisServer().connect();
  expect(client.ask('')).toBe("-ERR unknown command '', with args beginning with: \r\n");
  expect(client.ask('nope', 'a\r\nb', 'c')).toBe(
    "-ERR unknown command 'nope', with args beginning with: 'a  b' 'c' \r\n",
  );
  expect(client.ask('x'.repeat(200))).toBe(`-ERR unknown command '${'x'.repeat(128)}', with args beginning with: \r\n`);
  expect(client.ask('CLIENT', 'nope')).toBe("-ERR unknown subcommand 'nope'. Try CLIENT HELP.\r\n");
  expect(client.ask('GET')).toBe("-ERR wrong number of arguments for 'get' command\r\n");
});

test('out of memory wins over subscribed mode, and spoils a transaction', () => {
  const server = new RedisServer({ config: { maxmemory: '1' } });
  const client = server.connect();
  client.ask('MULTI');
  expect(client.ask('SET', 'k', 'v')).toBe("-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  expect(client.ask('EXEC')).toBe('-EXECABORT Transaction discarded because of previous errors.\r\n');
  expect(client.ask('GET', 'k')).toBe('$-1\r\n');
  client.ask('SUBSCRIBE', 'x');
  expect(client.ask('SET', 'k', 'v')).toMatch(/^-OOM/);
});

test('a check that fails for EXEC itself says so', () => {
  const client = new RedisServer().connect();
  expect(client.ask('EXEC', 'x')).toBe(
    "-EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command\r\n",
  );
});

test('without memory nothing is queued, and a transaction can still be ended', () => {
  for (const end of ['DISCARD', 'RESET']) {
    const server = new RedisServer();
    const client = server.connect();
    client.ask('MULTI');
    server.connect().ask('CONFIG', 'SET', 'maxmemory', '1');
    const refused = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
    for (const request of [['GET', 'k'], ['PING'], ['WATCH', 'k'], ['MULTI']])
      expect(client.ask(...request)).toBe(refused);
    expect(client.ask(end)).toMatch(/^\+/);
    expect(client.ask('GET', 'k')).toBe('$-1\r\n');
  }
});
