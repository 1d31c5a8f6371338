import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('lists', () => {
  it('push and pop at both ends', () => {
    const client = new RedisServer().connect();
    expect(client.ask('RPUSH', 'l', 'b', 'c') + client.ask('LPUSH', 'l', 'a')).toBe(':2\r\n:3\r\n');
    expect(client.ask('LPOP', 'l') + client.ask('RPOP', 'l', '5')).toBe('$1\r\na\r\n*2\r\n$1\r\nc\r\n$1\r\nb\r\n');
    expect(client.ask('LPOP', 'l') + client.ask('LPOP', 'l', '1')).toBe('$-1\r\n*-1\r\n');
    expect(client.ask('LPOP', 'l', '-1')).toBe('-ERR value is out of range, must be positive\r\n');
  });

  it('cut, change and move what they hold', () => {
    const client = new RedisServer().connect();
    client.send('RPUSH', 'l', 'a', 'b', 'a', 'c', 'a').take();
    expect(client.ask('LREM', 'l', '-2', 'a')).toBe(':2\r\n');
    expect(client.ask('LINSERT', 'l', 'AFTER', 'b', 'x') + client.ask('LINSERT', 'l', 'BEFORE', 'q', 'x')).toBe(
      ':4\r\n:-1\r\n',
    );
    expect(client.ask('LSET', 'l', '-1', 'z') + client.ask('LINDEX', 'l', '-1')).toBe('+OK\r\n$1\r\nz\r\n');
    expect(client.ask('LSET', 'l', '9', 'z')).toBe('-ERR index out of range\r\n');
    expect(client.ask('LMOVE', 'l', 'l', 'LEFT', 'RIGHT') + client.ask('RPOPLPUSH', 'l', 'm')).toBe(
      '$1\r\na\r\n$1\r\na\r\n',
    );
    expect(client.ask('LTRIM', 'l', '0', '1') + client.ask('LRANGE', 'l', '0', '-1')).toBe(
      '+OK\r\n*2\r\n$1\r\nb\r\n$1\r\nx\r\n',
    );
  });

  it('tell of a move at its target first', () => {
    const server = new RedisServer({ config: { 'notify-keyspace-events': 'KEA' } });
    const events: string[] = [];
    server.model.psubscribe('__keyspace*', (message) => events.push(message.text()));
    server.connect().send('RPUSH', 'l', 'a').send('RPOPLPUSH', 'l', 'm');
    expect(events).toEqual(['rpush', 'lpush', 'rpop', 'del']);
  });

  it('tell where an element stands', () => {
    const client = new RedisServer().connect();
    client.send('RPUSH', 'l', 'a', 'b', 'a', 'c', 'a').take();
    expect(client.ask('LPOS', 'l', 'a', 'RANK', '-1') + client.ask('LPOS', 'l', 'x')).toBe(':4\r\n$-1\r\n');
    expect(client.ask('LPOS', 'l', 'a', 'RANK', '2', 'COUNT', '0')).toBe('*2\r\n:2\r\n:4\r\n');
    expect(client.ask('LPOS', 'l', 'c', 'MAXLEN', '3')).toBe('$-1\r\n');
    expect(client.ask('LPOS', 'l', 'a', 'RANK', '0')).toMatch(/^-ERR RANK can't be zero: use 1/);
  });
});
