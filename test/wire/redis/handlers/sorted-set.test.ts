import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('sorted sets', () => {
  it('rank with the score from 7.2 on', () => {
    const client = new RedisServer({ version: '7.2' }).connect();
    client.send('ZADD', 'z', '1', 'a', '2.5', 'b').take();
    expect(client.ask('ZRANK', 'z', 'b', 'WITHSCORE')).toBe('*2\r\n:1\r\n$3\r\n2.5\r\n');
    expect(client.ask('ZREVRANK', 'z', 'none', 'WITHSCORE')).toBe('*-1\r\n');
    expect(client.ask('ZRANK', 'z', 'b', 'FOO')).toBe('-ERR syntax error\r\n');
    const old = new RedisServer({ version: '7.0' }).connect();
    expect(old.ask('ZRANK', 'z', 'b', 'WITHSCORE')).toBe("-ERR wrong number of arguments for 'zrank' command\r\n");
  });

  it('add under conditions', () => {
    const client = new RedisServer().connect();
    expect(client.ask('ZADD', 'z', '1', 'a', '2', 'b')).toBe(':2\r\n');
    expect(client.ask('ZADD', 'z', 'NX', '5', 'a', '3', 'c')).toBe(':1\r\n');
    expect(client.ask('ZADD', 'z', 'GT', 'CH', '0', 'a', '9', 'b')).toBe(':1\r\n');
    expect(client.ask('ZADD', 'z', 'INCR', '2.5', 'a') + client.ask('ZINCRBY', 'z', '1', 'a')).toBe(
      '$3\r\n3.5\r\n$3\r\n4.5\r\n',
    );
    expect(client.ask('ZADD', 'z', 'XX', 'NX', '1', 'a')).toMatch(/^-ERR XX and NX/);
    expect(client.ask('ZADD', 'z', 'x', 'a')).toBe('-ERR value is not a valid float\r\n');
  });

  it('lose members by rank, by score and at their ends', () => {
    const client = new RedisServer().connect();
    client.send('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c', '4', 'd').take();
    expect(client.ask('ZREMRANGEBYRANK', 'z', '0', '0') + client.ask('ZREMRANGEBYSCORE', 'z', '4', '4')).toBe(
      ':1\r\n:1\r\n',
    );
    expect(client.ask('ZPOPMAX', 'z') + client.ask('ZPOPMIN', 'z', '5')).toBe(
      '*2\r\n$1\r\nc\r\n$1\r\n3\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n',
    );
    expect(client.ask('EXISTS', 'z')).toBe(':0\r\n');
  });
});
