import { beforeEach, describe, expect, it, test } from 'vitest';
import { type RedisClient, RedisServer } from '../../../helpers/redis-server.js';

let server: RedisServer;
let client: RedisClient;

beforeEach(async () => {
  server = new RedisServer({ version: '7.0' });
  await server.door.scripting.load();
  client = server.connect();
});

const run = (script: string, command = 'EVAL'): string =>
  client.ask(command, script, '0').replace(/ script: .*(?=\r\n$)/, '');

describe('commands of a script', () => {
  it('are looked up, counted and checked before they run', () => {
    const refused = '-ERR This Redis command is not allowed from script\r\n';
    expect(run('return redis.pcall("get")')).toBe('-ERR Wrong number of args calling Redis command from script\r\n');
    expect(run('return redis.call("object", "x")')).toContain('Unknown Redis command called from script');
    for (const call of ['"multi"', '"eval", "return 1", 0', '"blpop", "l", 0', '"client", "id"']) {
      expect(run(`return redis.call(${call})`)).toBe(refused);
    }
  });

  it('write only where the script may', () => {
    const refused = '-ERR Write commands are not allowed from read-only scripts.\r\n';
    expect(run('return redis.call("set", "a", 1)', 'EVAL_RO')).toBe(refused);
    expect(run('return redis.call("publish", "a", 1)', 'EVAL_RO')).toBe(refused);
    expect(run('return redis.call("pfcount", "a")', 'EVAL_RO')).toBe(refused);
    expect(run('#!lua flags=no-writes\nreturn redis.call("set", "a", 1)')).toBe(refused);
    expect(run('#!lua\nreturn 1', 'EVAL_RO')).toBe(
      '-ERR Can not execute a script with write flag using *_ro command.\r\n',
    );
  });

  it('grow the data only where there is room, but a script that has written goes on', () => {
    const full = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
    client.send('SET', 'a', '1').send('CONFIG', 'SET', 'maxmemory', '1').take();
    expect(run('return redis.call("set", "a", 1)') + run('#!lua\nreturn 1')).toBe(full + full);
    expect(run('redis.call("del", "b") return redis.call("set", "a", 1)')).toBe('+OK\r\n');
    expect(run('#!lua flags=allow-oom\nreturn redis.call("set", "a", 1)')).toBe('+OK\r\n');
  });

  it('have the rights of who sent the script', () => {
    client.send('ACL', 'SETUSER', 'u', 'on', 'nopass', '+@all', '-set', '~a*', '&c*').send('AUTH', 'u', 'x').take();
    const user = '-ERR The user executing the script';
    expect(run('return redis.call("set", "a", 1)')).toBe(`${user} can't run this command or subcommand\r\n`);
    expect(run('return redis.call("get", "b")')).toContain("can't access at least one of the keys mentioned");
    expect(run('return redis.call("publish", "x", "m")')).toContain("can't publish to the channel mentioned");
    const may = 'return {redis.acl_check_cmd("set", "a", 1), redis.acl_check_cmd("get", "a")}';
    expect(run(may)).toBe('*2\r\n$-1\r\n:1\r\n');
  });

  it('stay in their script: SELECT and the protocol are those of the connection afterwards', () => {
    expect(run('redis.call("select", 3) redis.call("set", "k", 1) redis.setresp(3) return 1')).toBe(':1\r\n');
    expect(client.ask('GET', 'k') + run('return redis.call("get", "k")')).toBe('$-1\r\n$-1\r\n');
  });
});

test.each([
  ["return redis.call('get', 'bar')", ['foo'], '$-1\r\n'],
  [
    "return redis.pcall('mget', 'foo', 'bar')",
    [],
    '-ERR Script attempted to access a non local key in a cluster node\r\n',
  ],
  [
    "#!lua\nreturn redis.pcall('get', 'bar')",
    ['foo'],
    '-ERR Script attempted to access keys that do not hash to the same slot\r\n',
  ],
  [
    "#!lua\nredis.call('get', 'foo') return redis.pcall('get', 'bar')",
    [],
    '-ERR Script attempted to access keys that do not hash to the same slot\r\n',
  ],
  ["#!lua flags=allow-cross-slot-keys\nreturn redis.call('get', 'bar')", ['foo'], '$-1\r\n'],
])('in a cluster %j with the keys %j', async (script, keys, reply) => {
  const server = new RedisServer({ cluster: true });
  await server.door.scripting.load();
  expect(server.connect().ask('EVAL', script, String(keys.length), ...keys)).toBe(reply);
});

test('in a cluster a script cannot use a slot that nobody serves', async () => {
  const server = new RedisServer({ cluster: true });
  await server.door.scripting.load();
  const client = server.connect();
  const script = "return redis.pcall('get', 'foo')";
  client.ask('CLUSTER', 'DELSLOTS', '0');
  expect(client.ask('EVAL', script, '0')).toBe(
    '-ERR Script attempted to execute a command while the cluster is down\r\n',
  );
  client.ask('CLUSTER', 'DELSLOTS', '12182');
  expect(client.ask('EVAL', script, '0')).toBe('-ERR Script attempted to access a non local key in a cluster node\r\n');
});
