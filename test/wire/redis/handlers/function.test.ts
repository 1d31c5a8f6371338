import { beforeEach, describe, expect, it } from 'vitest';
import { type RedisClient, RedisServer } from '../../../helpers/redis-server.js';

const LIBRARY = `#!lua name=lib
redis.register_function("f", function(keys, args) return {keys[1], args[1], redis.call("get", keys[1])} end)
redis.register_function{
  function_name="ro", callback=function(keys) return redis.call("get", keys[1]) end,
  flags={"no-writes"}, description="reads"
}
redis.register_function("bad", function(keys)
  return redis.call("incr", keys[1]) end)
redis.register_function("err", function() error("oops") end)
`;

describe('FUNCTION and FCALL', () => {
  let client: RedisClient;

  beforeEach(async () => {
    const server = new RedisServer({ version: '7.0' });
    await server.door.scripting.load();
    client = server.connect();
    client.send('SET', 'k', 'v').take();
    expect(client.ask('FUNCTION', 'LOAD', LIBRARY)).toBe('$3\r\nlib\r\n');
  });

  // Recorded from Redis 7.0.15.
  it.each([
    ['FCALL f 1 k a', '*3\r\n$1\r\nk\r\n$1\r\na\r\n$1\r\nv\r\n'],
    ['FCALL RO 1 k', '$1\r\nv\r\n'],
    ['FCALL_RO ro 1 k', '$1\r\nv\r\n'],
    ['FCALL_RO f 1 k', '-ERR Can not execute a script with write flag using *_ro command.\r\n'],
    ['FCALL nosuch 0', '-ERR Function not found\r\n'],
    ['FCALL f x', '-ERR Bad number of keys provided\r\n'],
    ['FCALL f -1', "-ERR Number of keys can't be negative\r\n"],
    ['FCALL f 3 k', "-ERR Number of keys can't be greater than number of args\r\n"],
    ['FCALL bad 1 k', '-ERR value is not an integer or out of range script: bad, on @user_function:8.\r\n'],
    ['FCALL err 0', '-ERR user_function:9: oops script: err, on @user_function:9.\r\n'],
    ['FUNCTION LIST LIBRARYNAME x*', '*0\r\n'],
    ['FUNCTION LIST FOO', '-ERR Unknown argument FOO\r\n'],
    ['FUNCTION KILL', '-NOTBUSY No scripts in execution right now.\r\n'],
    ['FUNCTION DELETE nosuch', '-ERR Library not found\r\n'],
    ['FUNCTION FLUSH FOO', '-ERR FUNCTION FLUSH only supports SYNC|ASYNC option\r\n'],
    ['COMMAND GETKEYS FCALL f 1 k x', '*1\r\n$1\r\nk\r\n'],
  ])('%s answers %j', (line, reply) => {
    expect(client.ask(...line.split(' '))).toBe(reply);
  });

  it('list what is loaded', () => {
    const listed = client.ask('FUNCTION', 'LIST', 'WITHCODE');
    expect(listed).toContain(
      '$4\r\nname\r\n$2\r\nro\r\n$11\r\ndescription\r\n$5\r\nreads\r\n$5\r\nflags\r\n*1\r\n+no-writes\r\n',
    );
    expect(listed).toContain(LIBRARY);
    expect(client.ask('FUNCTION', 'STATS')).toContain('$15\r\nfunctions_count\r\n:4\r\n');
  });

  it('travel from one server to another', async () => {
    const dumped = client.ask('FUNCTION', 'DUMP');
    const payload = dumped.slice(dumped.indexOf('\n') + 1, -2);
    const restore = (...options: string[]) => client.ask('FUNCTION', 'RESTORE', payload, ...options);
    expect(restore()).toBe('-ERR Library lib already exists\r\n');
    expect(restore('REPLACE')).toBe('+OK\r\n');
    expect(restore('FOO')).toBe(
      '-ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.\r\n',
    );
    client.ask('FUNCTION', 'LOAD', '#!lua name=more\nredis.register_function("more", function() return 1 end)');
    expect(restore('FLUSH')).toBe('+OK\r\n');
    expect(client.ask('FCALL', 'more', '0')).toBe('-ERR Function not found\r\n');
    expect(client.ask('FCALL', 'ro', '1', 'k')).toBe('$1\r\nv\r\n');
    client.ask('FUNCTION', 'LOAD', 'REPLACE', '#!lua name=other\nredis.register_function("g", function() end)');
    client.ask('FUNCTION', 'DELETE', 'lib');
    client.ask('FUNCTION', 'LOAD', '#!lua name=mine\nredis.register_function("ro", function() end)');
    expect(restore()).toBe('-ERR Function ro already exists\r\n');
    expect(client.ask('FUNCTION', 'RESTORE', `${payload.slice(0, -1)}x`)).toBe(
      '-ERR DUMP payload version or checksum are wrong\r\n',
    );
  });

  it('replace a library only when told to, and forget it', () => {
    expect(client.ask('FUNCTION', 'LOAD', LIBRARY)).toBe("-ERR Library 'lib' already exists\r\n");
    const other = '#!lua name=lib\nredis.register_function("only", function() return 1 end)';
    expect(client.ask('FUNCTION', 'LOAD', 'REPLACE', other)).toBe('$3\r\nlib\r\n');
    expect(client.ask('FCALL', 'f', '0') + client.ask('FCALL', 'only', '0')).toBe('-ERR Function not found\r\n:1\r\n');
    expect(client.ask('FUNCTION', 'DELETE', 'lib') + client.ask('FCALL', 'only', '0')).toBe(
      '+OK\r\n-ERR Function not found\r\n',
    );
  });
});
