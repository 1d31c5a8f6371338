import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('hashes', () => {
  it.each([
    ['HSET', ':2\r\n', ['h', 'a', '1', 'b', '2']],
    ['HSET', "-ERR wrong number of arguments for 'hset' command\r\n", ['h', 'a', '1', 'b']],
    ['HSETNX', ':1\r\n', ['h', 'a', '1']],
    ['HINCRBY', ':5\r\n', ['h', 'a', '5']],
    ['HINCRBY', '-ERR value is not an integer or out of range\r\n', ['h', 'a', 'x']],
    ['HINCRBYFLOAT', '$3\r\n1.5\r\n', ['h', 'a', '1.5']],
    ['HGETALL', '*0\r\n', ['h']],
    ['HSCAN', '*2\r\n$1\r\n0\r\n*0\r\n', ['h', '0']],
  ])('%s answers %j', (name, reply, args) => {
    expect(new RedisServer().connect().ask(name, ...args)).toBe(reply);
  });

  it('are gone with their last field, and tell so', () => {
    const server = new RedisServer({ config: { 'notify-keyspace-events': 'KEA' } });
    const events: string[] = [];
    server.model.psubscribe('__keyspace*', (message) => events.push(message.text()));
    const client = server.connect();
    client.send('HSET', 'h', 'a', 'x').send('HDEL', 'h', 'a', 'b').take();
    expect(events).toEqual(['hset', 'hdel', 'del']);
    expect(client.ask('EXISTS', 'h')).toBe(':0\r\n');
  });

  it('refuse to count what is no number', () => {
    const client = new RedisServer().connect();
    client.send('HSET', 'h', 'a', 'x').take();
    expect(client.ask('HINCRBY', 'h', 'a', '1')).toBe('-ERR hash value is not an integer\r\n');
    expect(client.ask('HINCRBYFLOAT', 'h', 'a', '1')).toBe('-ERR hash value is not a float\r\n');
    expect(client.ask('GET', 'h')).toMatch(/^-WRONGTYPE/);
  });
});
