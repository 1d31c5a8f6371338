import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';
import { readReply } from '../../../helpers/resp.js';

describe('SORT', () => {
  const client = new RedisServer().connect();
  client.send('RPUSH', 'l', '10', '9', '2').send('SADD', 's', 'b', 'a').send('ZADD', 'z', '1', 'y', '2', 'x');
  client.send('MSET', 'w10', '1', 'w9', '3', 'w2', '2').send('HSET', 'h2', 'name', 'two').take();
  const sorted = (...args: string[]) => readReply(client.ask('SORT', ...args))?.items?.map(({ text }) => text);

  it('unpacks a sorted set for good', () => {
    const client = new RedisServer().connect();
    client.send('ZADD', 'z', '1', '2', '2', '1').take();
    expect(client.ask('OBJECT', 'ENCODING', 'z')).toBe('$8\r\nlistpack\r\n');
    expect(client.ask('SORT_RO', 'z') + client.ask('OBJECT', 'ENCODING', 'z')).toBe(
      '*2\r\n$1\r\n1\r\n$1\r\n2\r\n$8\r\nskiplist\r\n',
    );
  });

  it('compares numbers, or texts, either way', () => {
    expect(sorted('l')).toEqual(['2', '9', '10']);
    expect(sorted('l', 'ALPHA', 'DESC')).toEqual(['9', '2', '10']);
    expect(sorted('l', 'LIMIT', '1', '1')).toEqual(['9']);
    client.send('RPUSH', 'blank', '1', '', ' -1').take();
    expect(sorted('blank')).toEqual([' -1', '', '1']);
    expect(client.ask('SORT', 's')).toBe("-ERR One or more scores can't be converted into double\r\n");
  });

  it('looks at other keys and answers what they hold', () => {
    expect(sorted('l', 'BY', 'w*')).toEqual(['10', '2', '9']);
    expect(sorted('l', 'BY', 'w*', 'GET', '#', 'GET', 'h*->name')).toEqual(['10', null, '2', 'two', '9', null]);
  });

  it('reverses a list whose order it leaves', () => {
    const client = new RedisServer().connect();
    client.send('RPUSH', 'l', 'b', 'a').take();
    expect(client.ask('SORT', 'l', 'BY', 'nosort', 'DESC')).toBe('*2\r\n$1\r\na\r\n$1\r\nb\r\n');
  });

  it('leaves the order when a pattern has no star', () => {
    expect(sorted('l', 'BY', 'nosort')).toEqual(['10', '9', '2']);
    expect(sorted('z', 'BY', 'nosort', 'DESC')).toEqual(['x', 'y']);
  });

  it('stores a list, or removes it', () => {
    expect(client.ask('SORT', 's', 'BY', 'nosort', 'STORE', 'd') + client.ask('LRANGE', 'd', '0', '-1')).toBe(
      ':2\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n',
    );
    expect(client.ask('SORT', 'none', 'STORE', 'd') + client.ask('EXISTS', 'd')).toBe(':0\r\n:0\r\n');
    expect(client.ask('SORT_RO', 'l', 'STORE', 'd')).toBe('-ERR syntax error\r\n');
    expect(client.ask('COMMAND', 'GETKEYS', 'SORT', 'a', 'GET', 'store', 'STORE', 'b')).toBe(
      '*2\r\n$1\r\na\r\n$1\r\nb\r\n',
    );
  });
});
