import { expect, test } from 'vitest';
import { RedisServer } from '../../helpers/redis-server.js';

test('channels and patterns are counted together, shard channels are subscriptions too', () => {
  const { subscriptions } = new RedisServer().connect().session;
  expect([subscriptions.count, subscriptions.any]).toEqual([0, false]);
  subscriptions.shardChannels.add('s');
  expect([subscriptions.count, subscriptions.any]).toEqual([0, true]);
  subscriptions.channels.add('c');
  subscriptions.patterns.add('p*');
  expect(subscriptions.count).toBe(2);
});

test('who drops everything gets no more, and others do', () => {
  const server = new RedisServer();
  const [leaver, other] = [server.connect(), server.connect()];
  for (const client of [leaver, other]) {
    client.send('SUBSCRIBE', 'x').send('PSUBSCRIBE', 'x*').send('SSUBSCRIBE', 'x').take();
  }
  leaver.session.subscriptions.drop(server.model, leaver.session);
  const publisher = server.connect();
  expect(publisher.ask('PUBLISH', 'x', 'm') + publisher.ask('SPUBLISH', 'x', 'm')).toBe(':2\r\n:1\r\n');
  expect(leaver.session.subscriptions.any).toBe(false);
});
