import { beforeAll, describe, expect, it } from 'vitest';
import { type RedisClient, RedisServer } from '../../../helpers/redis-server.js';

let client: RedisClient;

beforeAll(async () => {
  const server = new RedisServer({ version: '7.0' });
  await server.door.scripting.load();
  client = server.connect();
});

/** Replies of Redis 7.0.15; an error without its place. */
const run = (script: string): string => client.ask('EVAL', script, '0').replace(/ script: .*(?=\r\n$)/, '');

describe('results of scripts', () => {
  it.for([
    ['return {1.9, -1.9, -0.5, nil, 4}', '*3\r\n:1\r\n:-1\r\n:0\r\n'],
    ['return 2^63', ':-9223372036854775808\r\n'],
    ['return 2^53', ':9007199254740992\r\n'],
    ['return {true, false, function() end}', '*3\r\n:1\r\n$-1\r\n$-1\r\n'],
    ['return {ok="x", err="a\\r\\nb"}', '-a  b\r\n'],
    ['return redis.error_reply("word")', '-ERR word\r\n'],
    ['return redis.error_reply("-A b")', '-A b\r\n'],
    ['return _G', '*0\r\n'],
    ['return setmetatable({1}, {__index = function() redis.call("incr", "x") return 2 end})', '*1\r\n:1\r\n'],
    ['return redis.status_reply(1)', '-ERR wrong number or type of arguments\r\n'],
    ['return {double=1.5}', '$3\r\n1.5\r\n'],
    ['return {map={a=1}}', '*2\r\n$1\r\na\r\n:1\r\n'],
    ['redis.setresp(3) return redis.call("get", "nokey")', '$-1\r\n'],
    ['return {ok=1}', '*0\r\n'],
    ['return select("#", ...)', ':0\r\n'],
    ['return redis.status_reply("a\\0b")', '+a\r\n'],
    ['redis.setresp(3) return {true, false}', '*2\r\n:1\r\n:0\r\n'],
    ['return {redis.REDIS_VERSION, redis.REDIS_VERSION_NUM}', '*2\r\n$6\r\n7.0.15\r\n:458767\r\n'],
    ['return redis.sha1hex("")', '$40\r\nda39a3ee5e6b4b0d3255bfef95601890afd80709\r\n'],
    ['return cjson.encode({pcall(redis.call, "incrby", "x", "y")})', null],
  ] as const)('%s', ([script, want]) => {
    const json = '[false,"ERR value is not an integer or out of range"]';
    expect(run(script)).toBe(want ?? `$${json.length}\r\n${json}\r\n`);
  });
});

describe('errors of scripts', () => {
  it.for([
    ['return redis.call()', 'ERR Please specify at least one argument for this redis lib call'],
    ['return redis.pcall({})', 'ERR Lua redis lib command arguments must be strings or integers'],
    ['return foo', "ERR user_script:1: Script attempted to access nonexistent global variable 'foo'"],
    ['foo = 1', 'ERR user_script:1: Attempt to modify a readonly table'],
    ['redis.foo = 1', 'ERR user_script:1: Attempt to modify a readonly table'],
    ['error({err="ABC def"})', 'ABC def'],
    ['error("x", 0)', 'ERR x'],
    ['error("x\\0y", 0)', 'ERR x'],
    ['error("a", 2)', 'ERR a'],
    ['redis.set_repl(5)', 'ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.'],
    ['error()', 'ERR nil'],
    ['redis.log(1)', 'ERR redis.log() requires two arguments or more.'],
    ['redis.setresp(5)', 'ERR RESP version must be 2 or 3.'],
    ['redis.acl_check_cmd("nosuch")', 'ERR Invalid command passed to redis.acl_check_cmd()'],
  ] as const)('%s', ([script, line]) => {
    expect(run(script)).toBe(`-${line}\r\n`);
  });
});
