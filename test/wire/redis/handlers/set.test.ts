import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('sets', () => {
  it('add, remove and combine members', () => {
    const client = new RedisServer().connect();
    expect(client.ask('SADD', 's', 'a', 'b', 'a') + client.ask('SADD', 't', 'b', 'c')).toBe(':2\r\n:2\r\n');
    expect(client.ask('SINTER', 's', 't')).toBe('*1\r\n$1\r\nb\r\n');
    expect(client.ask('SDIFF', 's', 't')).toBe('*1\r\n$1\r\na\r\n');
    expect(client.ask('SUNIONSTORE', 'u', 's', 't') + client.ask('SCARD', 'u')).toBe(':3\r\n:3\r\n');
    expect(client.ask('SINTERSTORE', 'u', 's', 'none') + client.ask('EXISTS', 'u')).toBe(':0\r\n:0\r\n');
    expect(client.ask('SMOVE', 's', 't', 'a') + client.ask('SREM', 's', 'b', 'x')).toBe(':1\r\n:1\r\n');
    expect(client.ask('EXISTS', 's') + client.ask('SMISMEMBER', 't', 'a', 'z')).toBe(':0\r\n*2\r\n:1\r\n:0\r\n');
  });

  it('pick at random, each member once', () => {
    const client = new RedisServer().connect();
    client.send('SADD', 's', 'a', 'b', 'c').take();
    expect(client.ask('SRANDMEMBER', 's', '-5')).toMatch(/^\*5/);
    expect(client.ask('SRANDMEMBER', 's', '5')).toMatch(/^\*3/);
    expect(client.ask('SPOP', 's', '2')).toMatch(/^\*2/);
    expect(client.ask('SPOP', 's')).toHaveLength('$1\r\na\r\n'.length);
    expect(client.ask('SPOP', 's')).toBe('$-1\r\n');
  });

  it('count what they have in common, up to a limit', () => {
    const client = new RedisServer().connect();
    client.send('SADD', 's', 'a', 'b', 'c').send('SADD', 't', 'b', 'c').take();
    expect(client.ask('SINTERCARD', '2', 's', 't') + client.ask('SINTERCARD', '2', 's', 't', 'LIMIT', '1')).toBe(
      ':2\r\n:1\r\n',
    );
    expect(client.ask('SINTERCARD', '3', 's', 't')).toBe(
      "-ERR Number of keys can't be greater than number of args\r\n",
    );
  });
});
