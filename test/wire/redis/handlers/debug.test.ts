import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('DEBUG', () => {
  it('is refused unless it is switched on', () => {
    expect(new RedisServer().connect().ask('DEBUG', 'RELOAD')).toMatch(/^-ERR DEBUG command not allowed/);
  });

  // Recorded from Redis 7.0.15.
  it.each([
    ['string', '$11\r\nHello World\r\n', '$11\r\nHello World\r\n'],
    ['double', '$5\r\n3.141\r\n', ',3.141\r\n'],
    ['bignum', '$37\r\n1234567999999999999999999999999999999\r\n', '(1234567999999999999999999999999999999\r\n'],
    ['map', '*6\r\n:0\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n', '%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n'],
    [
      'attrib',
      '$39\r\nSome real reply following the attribute\r\n',
      '|1\r\n$14\r\nkey-popularity\r\n*2\r\n$7\r\nkey:123\r\n:90\r\n$39\r\nSome real reply following the attribute\r\n',
    ],
    [
      'push',
      '-ERR RESP2 is not supported by this command\r\n',
      '>2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n$40\r\nSome real reply following the push reply\r\n',
    ],
    ['verbatim', '$25\r\nThis is a verbatim\nstring\r\n', '=29\r\ntxt:This is a verbatim\nstring\r\n'],
  ])('PROTOCOL %s', (kind, resp2, resp3) => {
    const client = new RedisServer({ version: '7.0', debug: true }).connect();
    expect(client.ask('DEBUG', 'PROTOCOL', kind)).toBe(resp2);
    client.send('HELLO', '3').take();
    expect(client.ask('DEBUG', 'PROTOCOL', kind)).toBe(resp3);
  });

  it('ERROR answers any error', () => {
    const client = new RedisServer({ debug: true }).connect();
    expect(client.ask('DEBUG', 'ERROR', 'LOADING fake')).toBe('-LOADING fake\r\n');
  });

  it('loses nothing by loading what it holds again', () => {
    const client = new RedisServer({ debug: true }).connect();
    client.send('SET', 'k', 'v').take();
    expect(client.ask('DEBUG', 'RELOAD') + client.ask('DEBUG', 'LOADAOF') + client.ask('GET', 'k')).toBe(
      '+OK\r\n+OK\r\n$1\r\nv\r\n',
    );
    expect(client.ask('DEBUG', 'SLEEP')).toMatch(/^-ERR unknown subcommand or wrong number of arguments for 'SLEEP'/);
  });
});

it('DEBUG OBJECT tells how a value is kept', async () => {
  const server = new RedisServer({ debug: true });
  const client = server.connect();
  client.send('SET', 'k', 'v').send('SET', 'i', '123').take();
  await server.advance(2_500);
  expect(client.ask('DEBUG', 'OBJECT', 'k')).toMatch(
    /^\+Value at:0x\w+ refcount:1 encoding:embstr serializedlength:2 lru:\d+ lru_seconds_idle:2\r\n$/,
  );
  expect(client.ask('DEBUG', 'OBJECT', 'i')).toContain(' refcount:2147483647 encoding:int serializedlength:2 ');
  expect(client.ask('DEBUG', 'OBJECT', 'nosuch')).toBe('-ERR no such key\r\n');
});
