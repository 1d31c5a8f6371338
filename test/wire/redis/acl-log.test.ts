import { expect, test } from 'vitest';
import { RedisServer } from '../../helpers/redis-server.js';

const objects = (server: RedisServer) =>
  server.door.aclLog.newest(200).map(({ object, count }) => `${object} ${count}`);

test('the same refusal is counted and comes first, unless it was long ago', async () => {
  const server = new RedisServer();
  const [admin, user] = [server.connect(), server.connect()];
  admin.ask('ACL', 'SETUSER', 'u', 'on', 'nopass', '+@all', '~a');
  user.ask('AUTH', 'u', '');
  for (const key of ['x', 'y', 'x']) user.ask('GET', key);
  expect(objects(server)).toEqual(['x 2', 'y 1']);
  await server.advance(60_001);
  user.ask('GET', 'y');
  expect(objects(server)).toEqual(['y 1', 'x 2', 'y 1']);
});

test('it holds no more than acllog-max-len', () => {
  const server = new RedisServer();
  const client = server.connect();
  client.ask('CONFIG', 'SET', 'acllog-max-len', '2');
  for (const name of ['a', 'b', 'c']) client.ask('AUTH', name, 'pw');
  expect(server.door.aclLog.newest(10).map(({ userName }) => userName)).toEqual(['c', 'b']);
  client.ask('ACL', 'LOG', 'RESET');
  expect(client.ask('ACL', 'LOG')).toBe('*0\r\n');
});

test('it tells where it happened, and to whom', async () => {
  const server = new RedisServer();
  await server.door.scripting.load();
  const [admin, user] = [server.connect(), server.connect()];
  admin.ask('ACL', 'SETUSER', 'u', 'on', 'nopass', '+@all', '-get', '~*');
  user.ask('AUTH', 'u', '');
  user.send('GET', 'k').send('MULTI').send('GET', 'k').send('EXEC').send('EVAL', "return redis.call('get', 'k')", '0');
  const told = server.door.aclLog.newest(10);
  expect(told.map(({ reason, context }) => `${reason} ${context}`)).toEqual([
    'command lua',
    'command multi',
    'command toplevel',
  ]);
  expect(told.map(({ clientInfo }) => / cmd=(\S+)/.exec(clientInfo)?.[1])).toEqual(['eval', 'get', 'get']);
});
