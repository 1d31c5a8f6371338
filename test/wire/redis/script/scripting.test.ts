import { expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

const ENDLESS = 'while true do end';
const BUSY = '-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n';

const STALE = "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n";

async function started(): Promise<RedisServer> {
  const server = new RedisServer({ version: '7.0' });
  await server.door.scripting.load();
  return server;
}

it('the first script waits for the interpreter, and what follows it waits behind it', async () => {
  const server = new RedisServer();
  const client = server.connect();
  expect(client.send('EVAL', 'return 1', '0').send('PING').take()).toBe('');
  await server.door.scripting.load();
  await server.advance(0);
  expect(client.take()).toBe(':1\r\n+PONG\r\n');
});

it('a script that never ends keeps the server busy until it is killed; one that has written cannot be', async () => {
  const server = await started();
  const [a, b] = [server.connect(), server.connect()];
  expect(a.send('EVAL', ENDLESS, '0').take() + b.ask('PING')).toBe(BUSY);
  expect(b.ask('SCRIPT', 'KILL') + b.ask('PING')).toBe('+OK\r\n+PONG\r\n');
  expect(a.take()).toContain('Script killed by user with SCRIPT KILL...');
  a.send('EVAL', `redis.call("set", "k", 1) ${ENDLESS}`, '0').take();
  expect(b.ask('SCRIPT', 'KILL')).toContain('-UNKILLABLE Sorry the script already executed write commands');
});

it('a function that never ends is told by FUNCTION STATS and ended by FUNCTION KILL only', async () => {
  const server = await started();
  const [a, b] = [server.connect(), server.connect()];
  a.ask('FUNCTION', 'LOAD', `#!lua name=lib\nredis.register_function("F", function() ${ENDLESS} end)`);
  expect(a.send('FCALL', 'f', '0').take()).toBe('');
  await server.advance(70);
  const busy = BUSY.replace('SCRIPT KILL', 'FUNCTION KILL');
  expect(b.ask('PING') + b.ask('SCRIPT', 'KILL')).toBe(busy + busy);
  expect(b.ask('FUNCTION', 'STATS')).toContain(
    '$4\r\nname\r\n$1\r\nF\r\n$7\r\ncommand\r\n*3\r\n$5\r\nFCALL\r\n$1\r\nf\r\n$1\r\n0\r\n$11\r\nduration_ms\r\n:70\r\n',
  );
  expect(b.ask('FUNCTION', 'KILL') + b.ask('PING')).toBe('+OK\r\n+PONG\r\n');
  a.send('EVAL', ENDLESS, '0');
  expect(b.ask('FUNCTION', 'KILL') + b.ask('FUNCTION', 'STATS')).toBe(BUSY + BUSY);
});

// Recorded from Redis 7.0.15.
it.each([
  ['maxmemory 1', 'EVAL_RO #!lua', "-OOM command not allowed when used memory > 'maxmemory'.\r\n"],
  ['min-replicas-to-write 1', 'EVAL_RO #!lua', '-NOREPLICAS Not enough good replicas to write.\r\n'],
  ['replica', 'EVAL_RO #!lua', "-READONLY You can't write against a read only replica.\r\n"],
  ['stale replica', 'EVAL #!lua', "-READONLY You can't write against a read only replica.\r\n"],
  ['stale replica', 'EVAL #', STALE],
  ['stale replica', 'EVAL #!lua flags=no-writes', STALE],
  ['stale replica', 'EVAL #!lua flags=no-writes,allow-stale', '$-1\r\n'],
  ['', 'EVAL_RO #!lua', '-ERR Can not execute a script with write flag using *_ro command.\r\n'],
] as const)('with %s, %s answers %j', async (state, request, reply) => {
  const client = (await started()).connect();
  if (state.includes('replica') && !state.includes('-')) client.ask('REPLICAOF', '127.0.0.1', '1');
  if (state.startsWith('stale')) client.ask('CONFIG', 'SET', 'replica-serve-stale-data', 'no');
  else if (state.includes(' ')) client.ask('CONFIG', 'SET', ...state.split(' '));
  const [command = '', ...rest] = request.split(' ');
  const first = rest.join(' ');
  expect(client.ask(command, first === '#' ? 'return false' : `${first}\nreturn false`, '0')).toBe(reply);
});

it('a script that runs on a stale replica reads nothing there', async () => {
  const client = (await started()).connect();
  client.send('REPLICAOF', '127.0.0.1', '1').send('CONFIG', 'SET', 'replica-serve-stale-data', 'no').take();
  expect(client.ask('EVAL', '#!lua flags=no-writes,allow-stale\nreturn redis.call("get", "k")', '0')).toMatch(
    /^-ERR Can not execute the command on a stale replica script: [0-9a-f]{40}, on @user_script:2\.\r\n$/,
  );
});

it('within EXEC nobody can wait: a script that never ends is answered as killed', async () => {
  const client = (await started()).connect();
  client.send('MULTI').send('EVAL', ENDLESS, '0').take();
  expect(client.ask('EXEC')).toContain('Script killed by user');
  expect(client.ask('PING')).toBe('+PONG\r\n');
});

it('monitors see the script, then its commands', async () => {
  const server = await started();
  const [a, b] = [server.connect(), server.connect()];
  a.send('MONITOR').take();
  b.send('EVAL', 'return redis.call("get", "k")', '0').take();
  const lines = a.take().split('\r\n');
  expect(lines[0]).toMatch(/\[0 127\.0\.0\.1:\d+\] "EVAL" /);
  expect(lines[1]).toMatch(/\[0 lua\] "get" "k"$/);
});

it('blocked clients are served when the script has ended', async () => {
  const server = await started();
  const [a, b] = [server.connect(), server.connect()];
  a.send('BLPOP', 'l', '0');
  expect(b.ask('EVAL', 'redis.call("rpush", "l", 1) redis.call("del", "l") return 1', '0') + a.take()).toBe(':1\r\n');
  b.send('EVAL', 'redis.call("lpush", "l", 1) redis.call("lpush", "l", 2)', '0');
  expect(a.take()).toBe('*2\r\n$1\r\nl\r\n$1\r\n2\r\n');
});

it('an interpreter that a script has brought down is replaced', async () => {
  const server = await started();
  const client = server.connect();
  expect(client.ask('EVAL', 'return cjson.decode(string.rep("[", 2000))', '0')).toContain('brought down');
  client.send('EVAL', 'return 1', '0');
  await server.door.scripting.load();
  await server.advance(0);
  expect(client.take()).toBe(':1\r\n');
});

it('the error of a command counts once, for the command and for the script', async () => {
  const client = (await started()).connect();
  client.send('EVAL', 'return redis.call("incr", "k", "x")', '0').send('SET', 'k', 'v').take();
  client.send('EVAL', '\nreturn redis.call("incr", "k")', '0');
  expect(client.take()).toMatch(/^-ERR value is not an integer or out of range script: \w+, on @user_script:2\.\r\n$/);
  expect(client.ask('INFO', 'errorstats')).toContain('errorstat_ERR:count=2\r\n');
  expect(client.ask('INFO', 'commandstats')).toMatch(/cmdstat_eval:calls=2.*failed_calls=2/);
});
