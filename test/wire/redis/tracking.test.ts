import { expect, test } from 'vitest';
import { RedisServer, settled } from '../../helpers/redis-server.js';

const invalidated = (...keys: string[]) =>
  `>2\r\n$10\r\ninvalidate\r\n*${keys.length}\r\n${keys.map((key) => `$${key.length}\r\n${key}\r\n`).join('')}`;

function tracking(...options: string[]) {
  const server = new RedisServer({ version: '7.0' });
  const [reader, writer] = [server.connect(), server.connect()];
  reader.ask('HELLO', '3');
  expect(reader.ask('CLIENT', 'TRACKING', 'ON', ...options)).toBe('+OK\r\n');
  return { server, reader, writer };
}

test('who has read a key is told of its next change, once', () => {
  const { reader, writer } = tracking();
  reader.ask('GET', 'a');
  writer.send('SET', 'b', '1').send('SET', 'a', '1').send('SET', 'a', '2');
  expect(reader.take()).toBe(invalidated('a'));
});

test('what a connection changes itself is told behind the reply, that of EXEC too, and not at all with NOLOOP', () => {
  const { reader } = tracking();
  reader.ask('GET', 'a');
  expect(reader.ask('SET', 'a', '1')).toBe(`+OK\r\n${invalidated('a')}`);
  reader.ask('GET', 'a');
  reader.send('MULTI').send('SET', 'a', '1').send('PING').take();
  expect(reader.ask('EXEC')).toBe(`*2\r\n+OK\r\n+PONG\r\n${invalidated('a')}`);
  const quiet = tracking('NOLOOP').reader;
  quiet.ask('GET', 'a');
  expect(quiet.ask('SET', 'a', '1')).toBe('+OK\r\n');
});

test('keys that go by time or by FLUSHALL are told, the latter as null', async () => {
  const { server, reader, writer } = tracking();
  writer.ask('SET', 'a', '1', 'PX', '50');
  reader.ask('GET', 'a');
  await server.advance(200);
  expect(reader.take()).toBe(invalidated('a'));
  writer.ask('FLUSHALL');
  expect(reader.take()).toBe('>2\r\n$10\r\ninvalidate\r\n_\r\n');
  expect(reader.ask('FLUSHDB')).toBe('+OK\r\n>2\r\n$10\r\ninvalidate\r\n_\r\n');
});

test('OPTIN remembers behind CACHING YES only, a whole transaction too; OPTOUT all but behind CACHING NO', () => {
  const { reader, writer } = tracking('OPTIN');
  reader.send('GET', 'a').send('CLIENT', 'CACHING', 'YES').send('CLIENT', 'ID').send('GET', 'b').send('GET', 'c');
  reader.send('CLIENT', 'CACHING', 'YES').send('MULTI').send('GET', 'd').send('GET', 'e').send('EXEC').take();
  writer.ask('MSET', 'a', '1', 'b', '1', 'c', '1', 'd', '1', 'e', '1');
  expect(reader.take()).toBe(['b', 'd', 'e'].map((key) => invalidated(key)).join(''));
  const out = tracking('OPTOUT');
  out.reader.send('GET', 'a').send('CLIENT', 'CACHING', 'NO').send('GET', 'b').take();
  out.writer.ask('MSET', 'a', '1', 'b', '1');
  expect(out.reader.take()).toBe(invalidated('a'));
});

test('BCAST tells of all keys with a prefix, together and in order, when the requests are worked off', () => {
  const { reader, writer } = tracking('BCAST', 'PREFIX', 'x', 'PREFIX', 'a');
  writer.sendRaw('SET xb 1\r\nSET a 1\r\nSET xa 1\r\nSET other 1\r\nSET xb 2\r\n');
  expect(reader.take()).toBe(invalidated('a') + invalidated('xa', 'xb'));
  const quiet = tracking('BCAST', 'NOLOOP');
  quiet.reader.ask('SET', 'mine', '1');
  quiet.writer.ask('SET', 'theirs', '1');
  expect(quiet.reader.take()).toBe(invalidated('theirs'));
});

test('NOLOOP hides no key that expires, even when the connection that looks for it has set it', async () => {
  const { server, reader } = tracking('BCAST', 'NOLOOP');
  server.model.setActiveExpire(false);
  reader.ask('SET', 'a', '1', 'PX', '10');
  await server.advance(10);
  expect(reader.ask('GET', 'a')).toBe(`_\r\n${invalidated('a')}`);
});

test('a blocked connection is told what it changed itself behind its reply', () => {
  const { reader, writer } = tracking();
  reader.send('LRANGE', 'to', '0', '-1').send('BLMOVE', 'from', 'to', 'LEFT', 'LEFT', '0').take();
  writer.ask('RPUSH', 'from', 'a');
  expect(reader.take()).toBe(`$1\r\na\r\n${invalidated('to')}`);
});

test('a redirected message reaches a RESP2 subscriber, and its loss is told', async () => {
  const server = new RedisServer({ version: '7.0' });
  const [reader, writer, receiver] = [server.connect(), server.connect(), server.connect()];
  const id = String(receiver.session.id);
  receiver.ask('SUBSCRIBE', '__redis__:invalidate');
  reader.send('HELLO', '3').send('CLIENT', 'TRACKING', 'ON', 'REDIRECT', id).send('GET', 'a').take();
  writer.ask('SET', 'a', '1');
  expect(receiver.take()).toBe('*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n$1\r\na\r\n');
  reader.ask('GET', 'a');
  receiver.close();
  writer.ask('SET', 'a', '2');
  expect(reader.take()).toBe(`>2\r\n$21\r\ntracking-redir-broken\r\n:${id}\r\n`);
  expect(reader.ask('CLIENT', 'TRACKINGINFO')).toContain('broken_redirect');
  expect(reader.ask('CLIENT', 'GETREDIR')).toBe(`:${id}\r\n`);
});

test('a script that reads is remembered with the keys that it names', async () => {
  const { server, reader, writer } = tracking();
  await server.door.scripting.load();
  reader.ask('EVAL', "return redis.call('GET', KEYS[2])", '2', 'a', 'b');
  await settled();
  reader.take();
  writer.ask('MSET', 'a', '1', 'b', '1');
  expect(reader.take()).toBe(invalidated('a') + invalidated('b'));
});

test('more keys than tracking-table-max-keys are not remembered', () => {
  const { server, reader, writer } = tracking();
  writer.ask('CONFIG', 'SET', 'tracking-table-max-keys', '1');
  reader.send('GET', 'a').send('GET', 'b').take();
  writer.ask('PING');
  expect(reader.take()).toBe(invalidated('a'));
  expect([server.door.tracking.keyCount, server.door.tracking.itemCount]).toEqual([1, 1]);
});

test('RESET, TRACKING OFF and the end of a connection end it', () => {
  const { server, reader, writer } = tracking('BCAST');
  const other = server.connect();
  other.send('CLIENT', 'TRACKING', 'ON').send('CLIENT', 'TRACKING', 'OFF').take();
  expect([server.door.tracking.clientCount, server.door.tracking.prefixCount]).toEqual([1, 1]);
  reader.ask('RESET');
  expect([server.door.tracking.clientCount, server.door.tracking.prefixCount]).toEqual([0, 0]);
  other.ask('CLIENT', 'TRACKING', 'ON', 'BCAST');
  other.close();
  writer.ask('SET', 'a', '1');
  expect([server.door.tracking.clientCount, server.errors]).toEqual([0, []]);
});
