import { expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

const ENDLESS = 'while true do end';
const BUSY = '-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n';

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
