import { expect, test } from 'vitest';
import { RedisServer } from '../../helpers/redis-server.js';

const everything = () => {
  const server = new RedisServer({ debug: true, config: { 'slowlog-log-slower-than': '0' } });
  const requests = () => server.door.slowlog.newest(Infinity).map(({ args }) => args.join(' '));
  return { server, client: server.connect(), requests };
};

test('commands that take long enough are kept, the newest first, without EXEC itself', () => {
  const { client, requests, server } = everything();
  client.send('MULTI').send('SET', 'k', 'v').send('EXEC').send('AUTH', 'pw');
  expect(requests()).toEqual(['AUTH (redacted)', 'SET k v', 'MULTI']);
  expect(server.door.slowlog.newest(1)[0]).toMatchObject({ id: 2, address: '127.0.0.1:40000', clientName: '' });
  client.send('CONFIG', 'SET', 'slowlog-log-slower-than', '-1').send('PING');
  expect(requests().length).toBe(3);
});

test('time that DEBUG SLEEP takes counts', () => {
  const { client, requests, server } = everything();
  client.send('CONFIG', 'SET', 'slowlog-log-slower-than', '2000000').send('PING').send('DEBUG', 'SLEEP', '3');
  expect(requests()).toEqual(['DEBUG SLEEP 3']);
  expect(server.door.slowlog.newest(1)[0]?.durationUs).toBe(3_000_000);
});

test('many and long arguments are cut', () => {
  const { client, requests } = everything();
  client.send('SADD', 's', ...Array.from({ length: 31 }, (_, i) => String(i)));
  client.send('SET', 'k', 'x'.repeat(129));
  const numbers = Array.from({ length: 29 }, (_, i) => i).join(' ');
  expect(requests()).toEqual([
    `SET k ${'x'.repeat(128)}... (1 more bytes)`,
    `SADD s ${numbers} ... (2 more arguments)`,
  ]);
});

test('no more than slowlog-max-len are kept', () => {
  const { client, requests } = everything();
  client.send('CONFIG', 'SET', 'slowlog-max-len', '2').send('PING').send('ECHO', 'x');
  expect(requests()).toEqual(['ECHO x', 'PING']);
});
