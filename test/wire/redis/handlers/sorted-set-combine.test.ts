import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';
import { readReply } from '../../../helpers/resp.js';

describe('combined sorted sets', () => {
  const client = new RedisServer().connect();
  client.send('ZADD', 'a', '1', 'x', '2', 'y').send('ZADD', 'b', '10', 'y', 'inf', 'z').send('SADD', 's', 'y').take();
  const texts = (...args: string[]) => readReply(client.ask(...args))?.items?.map(({ text }) => text);

  it('add up, or take the least or the most, by weight', () => {
    expect(texts('ZUNION', '2', 'a', 'b', 'WITHSCORES')).toEqual(['x', '1', 'y', '12', 'z', 'inf']);
    expect(texts('ZINTER', '2', 'a', 'b', 'WEIGHTS', '3', '1', 'AGGREGATE', 'MIN', 'WITHSCORES')).toEqual(['y', '6']);
    expect(texts('ZUNION', '1', 'b', 'WEIGHTS', '0', 'WITHSCORES')).toEqual(['y', '0', 'z', '0']);
    expect(texts('ZINTER', '2', 'a', 's', 'WITHSCORES')).toEqual(['y', '3']);
    expect(texts('ZDIFF', '2', 'a', 's')).toEqual(['x']);
    expect(client.ask('ZINTERCARD', '2', 'a', 'b', 'LIMIT', '5')).toBe(':1\r\n');
  });

  it('are stored, or remove the target', () => {
    expect(client.ask('ZDIFFSTORE', 'd', '2', 'b', 'a') + client.ask('ZSCORE', 'd', 'z')).toBe(':1\r\n$3\r\ninf\r\n');
    expect(client.ask('ZINTERSTORE', 'd', '2', 'a', 'none') + client.ask('EXISTS', 'd')).toBe(':0\r\n:0\r\n');
    expect(client.ask('COMMAND', 'GETKEYS', 'ZUNIONSTORE', 'd', '1', 'a')).toBe('*2\r\n$1\r\nd\r\n$1\r\na\r\n');
  });

  it('are refused in Redis words', () => {
    const refusal = (...args: string[]) => client.ask(...args).trim();
    expect(refusal('ZUNION', '0', 'a')).toBe("-ERR at least 1 input key is needed for 'zunion' command");
    expect(refusal('ZUNION', '2', 'a')).toBe('-ERR syntax error');
    expect(refusal('ZUNION', '1', 'a', 'WEIGHTS', 'x')).toBe('-ERR weight value is not a float');
    expect(refusal('ZUNION', '1', 'a', 'AGGREGATE', 'constructor')).toBe('-ERR syntax error');
    expect(refusal('ZDIFF', '1', 'a', 'WEIGHTS', '1')).toBe('-ERR syntax error');
    expect(refusal('ZINTERCARD', '1', 'a', 'LIMIT', '-1')).toBe("-ERR LIMIT can't be negative");
  });
});
