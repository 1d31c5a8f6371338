import { describe, expect, it } from 'vitest';
import { RedisServer, settled } from '../../../helpers/redis-server.js';

describe('blocking sorted sets', () => {
  it('give the lowest and the highest member to those who wait', async () => {
    const server = new RedisServer();
    const [low, high, writer] = [server.connect(), server.connect(), server.connect()];
    low.send('BZPOPMIN', 'none', 'z', '0');
    high.send('BZPOPMAX', 'z', '0');
    expect(writer.ask('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c')).toBe(':3\r\n');
    await settled();
    expect(low.take()).toBe('*3\r\n$1\r\nz\r\n$1\r\na\r\n$1\r\n1\r\n');
    expect(high.take()).toBe('*3\r\n$1\r\nz\r\n$1\r\nc\r\n$1\r\n3\r\n');
  });
});
