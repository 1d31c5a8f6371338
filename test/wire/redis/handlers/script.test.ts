import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

const DIGEST = 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db';
const UNKNOWN = 'f'.repeat(40);

describe('scripts', () => {
  it('are known by their digest until they are flushed', () => {
    const client = new RedisServer().connect();
    expect(client.ask('SCRIPT', 'LOAD', 'return 1')).toBe(`$40\r\n${DIGEST}\r\n`);
    expect(client.ask('SCRIPT', 'EXISTS', DIGEST.toUpperCase(), UNKNOWN)).toBe('*2\r\n:1\r\n:0\r\n');
    expect(client.ask('SCRIPT', 'FLUSH', 'ASYNC') + client.ask('SCRIPT', 'EXISTS', DIGEST)).toBe('+OK\r\n*1\r\n:0\r\n');
    expect(client.ask('SCRIPT', 'KILL')).toBe('-NOTBUSY No scripts in execution right now.\r\n');
  });

  it('are checked and then refused: nothing runs Lua here', () => {
    const client = new RedisServer().connect();
    expect(client.ask('EVAL', 'return 1', '-1')).toBe("-ERR Number of keys can't be negative\r\n");
    expect(client.ask('EVAL', 'return 1', '2', 'a')).toBe(
      "-ERR Number of keys can't be greater than number of args\r\n",
    );
    expect(client.ask('EVALSHA', UNKNOWN, '0')).toBe('-NOSCRIPT No matching script. Please use EVAL.\r\n');
    expect(client.ask('EVAL', 'return 1', '0')).toContain('does not run Lua scripts');
    expect(client.ask('COMMAND', 'GETKEYS', 'EVAL', 'return 1', '1', 'k', 'v')).toBe('*1\r\n$1\r\nk\r\n');
  });

  it('are kept up to limits.redisScriptCount', () => {
    const client = new RedisServer({}, { limits: { redisScriptCount: 1 } }).connect();
    client.send('SCRIPT', 'LOAD', 'return 1').take();
    expect(client.ask('SCRIPT', 'LOAD', 'return 2')).toContain('limits.redisScriptCount (1) reached');
    expect(client.ask('SCRIPT', 'LOAD', 'return 1')).toContain(DIGEST);
  });

  it('have no functions beside them', () => {
    const client = new RedisServer().connect();
    expect(client.ask('FUNCTION', 'FLUSH') + client.ask('FUNCTION', 'LIST')).toBe('+OK\r\n*0\r\n');
  });
});
