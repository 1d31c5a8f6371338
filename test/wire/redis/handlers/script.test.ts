import { beforeEach, describe, expect, it } from 'vitest';
import { type RedisClient, RedisServer } from '../../../helpers/redis-server.js';

const DIGEST = 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db';
const UNKNOWN = 'f'.repeat(40);

async function connect(...options: ConstructorParameters<typeof RedisServer>): Promise<RedisClient> {
  const server = new RedisServer(...options);
  await server.door.scripting.load();
  return server.connect();
}

describe('scripts', () => {
  let client: RedisClient;
  beforeEach(async () => {
    client = await connect();
  });

  it('are known by their digest until they are flushed', () => {
    expect(client.ask('SCRIPT', 'LOAD', 'return 1')).toBe(`$40\r\n${DIGEST}\r\n`);
    expect(client.ask('SCRIPT', 'EXISTS', DIGEST.toUpperCase(), UNKNOWN)).toBe('*2\r\n:1\r\n:0\r\n');
    expect(client.ask('EVALSHA', DIGEST.toUpperCase(), '0')).toBe(':1\r\n');
    expect(client.ask('SCRIPT', 'FLUSH', 'ASYNC') + client.ask('SCRIPT', 'EXISTS', DIGEST)).toBe('+OK\r\n*1\r\n:0\r\n');
    expect(client.ask('EVAL', 'return 1', '0') + client.ask('EVALSHA_RO', DIGEST, '0')).toBe(':1\r\n:1\r\n');
    expect(client.ask('SCRIPT', 'KILL')).toBe('-NOTBUSY No scripts in execution right now.\r\n');
  });

  it('are checked before they run', () => {
    expect(client.ask('EVAL', 'return 1', '-1')).toBe("-ERR Number of keys can't be negative\r\n");
    expect(client.ask('EVAL', 'return 1', '2', 'a')).toBe(
      "-ERR Number of keys can't be greater than number of args\r\n",
    );
    expect(client.ask('EVALSHA', UNKNOWN, '0')).toBe('-NOSCRIPT No matching script. Please use EVAL.\r\n');
    const broken = "-ERR Error compiling script (new function): user_script:1: '=' expected near 'x'\r\n";
    expect(client.ask('EVAL', 'x x', '0') + client.ask('SCRIPT', 'LOAD', 'x x')).toBe(broken + broken);
    expect(client.ask('COMMAND', 'GETKEYS', 'EVAL', 'return 1', '1', 'k', 'v')).toBe('*1\r\n$1\r\nk\r\n');
  });

  it('have no functions beside them', () => {
    expect(client.ask('FUNCTION', 'FLUSH') + client.ask('FUNCTION', 'LIST')).toBe('+OK\r\n*0\r\n');
  });
});

it('scripts are kept up to limits.redisScriptCount, and run beyond it', async () => {
  const client = await connect({}, { limits: { redisScriptCount: 1 } });
  client.send('SCRIPT', 'LOAD', 'return 1').take();
  expect(client.ask('SCRIPT', 'LOAD', 'return 2')).toContain('limits.redisScriptCount (1) reached');
  expect(client.ask('SCRIPT', 'LOAD', 'return 1')).toContain(DIGEST);
  expect(client.ask('EVAL', 'return 2', '0')).toBe(':2\r\n');
});
