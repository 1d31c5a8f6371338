import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('ranges of sorted sets', () => {
  it('answer ranges by rank and by score, both ways', () => {
    const client = new RedisServer().connect();
    client.send('ZADD', 'z', '1', 'a', '2', 'b', '3', 'c').take();
    expect(client.ask('ZREVRANGE', 'z', '0', '0', 'WITHSCORES')).toBe('*2\r\n$1\r\nc\r\n$1\r\n3\r\n');
    expect(client.ask('ZRANGEBYSCORE', 'z', '(1', '+inf', 'LIMIT', '1', '5')).toBe('*1\r\n$1\r\nc\r\n');
    expect(client.ask('ZREVRANGEBYSCORE', 'z', '2', '-inf')).toBe('*2\r\n$1\r\nb\r\n$1\r\na\r\n');
    expect(client.ask('ZRANGE', 'z', '3', '2', 'BYSCORE', 'REV')).toBe('*2\r\n$1\r\nc\r\n$1\r\nb\r\n');
    expect(client.ask('ZCOUNT', 'z', '2', 'inf') + client.ask('ZREVRANK', 'z', 'a')).toBe(':2\r\n:2\r\n');
    expect(client.ask('ZRANGE', 'z', '0', '0', 'LIMIT', '5', '-1')).toBe('*1\r\n$1\r\na\r\n');
    expect(client.ask('ZRANGE', 'z', '0', '0', 'LIMIT', '0', '1')).toMatch(/^-ERR syntax error, LIMIT/);
    expect(client.ask('ZCOUNT', 'z', 'x', '1')).toBe('-ERR min or max is not a float\r\n');
  });

  it('go by text where all scores are the same', () => {
    const client = new RedisServer().connect();
    client.send('ZADD', 'z', '0', 'a', '0', 'b', '0', 'c').take();
    expect(client.ask('ZRANGEBYLEX', 'z', '(a', '+', 'LIMIT', '0', '1')).toBe('*1\r\n$1\r\nb\r\n');
    expect(client.ask('ZREVRANGEBYLEX', 'z', '[b', '-')).toBe('*2\r\n$1\r\nb\r\n$1\r\na\r\n');
    expect(client.ask('ZLEXCOUNT', 'z', '-', '(c') + client.ask('ZREMRANGEBYLEX', 'z', '[c', '+')).toBe(':2\r\n:1\r\n');
    expect(client.ask('ZRANGEBYLEX', 'z', 'a', '+')).toBe('-ERR min or max not valid string range item\r\n');
  });

  it('are stored elsewhere, or remove what was there', () => {
    const client = new RedisServer().connect();
    client.send('ZADD', 'z', '1', 'a', '2', 'b').take();
    expect(client.ask('ZRANGESTORE', 'd', 'z', '2', '2', 'BYSCORE') + client.ask('ZSCORE', 'd', 'b')).toBe(
      ':1\r\n$1\r\n2\r\n',
    );
    expect(client.ask('ZRANGESTORE', 'd', 'z', '5', '6') + client.ask('EXISTS', 'd')).toBe(':0\r\n:0\r\n');
    expect(client.ask('ZRANGESTORE', 'd', 'z', '0', '1', 'WITHSCORES')).toBe('-ERR syntax error\r\n');
  });
});

it('LIMIT passes over members of other scores that BYLEX would have stopped at', () => {
  const client = new RedisServer().connect();
  client.ask('ZADD', 'z', '-inf', 'a', '2.5', 'd', '3', '2', '100', 'c');
  const range = (...limit: string[]) => client.ask('ZRANGEBYLEX', 'z', '(1', '[b', ...limit);
  expect(range()).toBe('*1\r\n$1\r\na\r\n');
  expect(range('LIMIT', '2', '3')).toBe('*1\r\n$1\r\n2\r\n');
  expect(range('LIMIT', '1', '3')).toBe('*0\r\n');
});
