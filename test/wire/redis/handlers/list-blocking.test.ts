import { describe, expect, it, test } from 'vitest';
import { RedisServer, settled } from '../../../helpers/redis-server.js';

describe('blocking lists', () => {
  it('moves an element as soon as there is one', async () => {
    const server = new RedisServer();
    const [mover, taker, writer] = [server.connect(), server.connect(), server.connect()];
    mover.send('BLMOVE', 'a', 'b', 'LEFT', 'RIGHT', '0');
    taker.send('BRPOP', 'b', '0');
    expect(writer.ask('RPUSH', 'a', 'x')).toBe(':1\r\n');
    await settled();
    expect([mover.take(), taker.take()]).toEqual(['$1\r\nx\r\n', '*2\r\n$1\r\nb\r\n$1\r\nx\r\n']);
  });

  it('answers at once when there is something, and judges its timeout', () => {
    const client = new RedisServer().connect();
    client.send('RPUSH', 'l', 'a', 'b').take();
    expect(client.ask('BRPOP', 'none', 'l', '0')).toBe('*2\r\n$1\r\nl\r\n$1\r\nb\r\n');
    expect(client.ask('BRPOPLPUSH', 'l', 'm', '0')).toBe('$1\r\na\r\n');
    expect(client.ask('BLPOP', 'l', '-1')).toBe('-ERR timeout is negative\r\n');
  });
});

test('who has waited for a list in vain gets no array, who may not wait gets nothing', async () => {
  const server = new RedisServer();
  const client = server.connect();
  for (const request of [
    ['BLMOVE', 'a', 'b', 'LEFT', 'LEFT', '1'],
    ['BRPOPLPUSH', 'a', 'b', '1'],
  ]) {
    client.send(...request);
    await server.advance(1_001);
    expect(client.take()).toBe('*-1\r\n');
    client.ask('MULTI');
    client.ask(...request);
    expect(client.ask('EXEC')).toBe('*1\r\n$-1\r\n');
  }
});
