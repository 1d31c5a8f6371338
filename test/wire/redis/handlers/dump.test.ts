import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

const payloadOf = (reply: string): string => reply.slice(reply.indexOf('\r\n') + 2, -2);

describe('DUMP and RESTORE', () => {
  it('carry a value over, with the end that it is given', () => {
    const client = new RedisServer().connect();
    client.send('RPUSH', 'l', 'a', 'b').take();
    const payload = payloadOf(client.ask('DUMP', 'l'));
    expect(client.ask('RESTORE', 'm', '5000', payload) + client.ask('PTTL', 'm')).toBe('+OK\r\n:5000\r\n');
    expect(client.ask('LRANGE', 'm', '0', '-1')).toBe('*2\r\n$1\r\na\r\n$1\r\nb\r\n');
    expect(client.ask('RESTORE', 'm', '0', payload)).toBe('-BUSYKEY Target key name already exists.\r\n');
    expect(client.ask('RESTORE', 'm', '1', payload, 'REPLACE', 'ABSTTL') + client.ask('EXISTS', 'm')).toBe(
      '+OK\r\n:0\r\n',
    );
    expect(client.ask('RESTORE', 'm', '0', payload, 'IDLETIME', '7') + client.ask('OBJECT', 'IDLETIME', 'm')).toBe(
      '+OK\r\n:7\r\n',
    );
  });

  it('tell of what was restored', () => {
    const client = new RedisServer().connect();
    client.send('SET', 'k', 'v').send('CONFIG', 'SET', 'notify-keyspace-events', 'Kg').take();
    const payload = payloadOf(client.ask('DUMP', 'k'));
    client.send('HELLO', '3').send('SUBSCRIBE', '__keyspace@0__:k').take();
    expect(client.ask('RESTORE', 'k', '0', payload, 'REPLACE')).toMatch(/\$7\r\nrestore\r\n/);
  });

  it('carry how often it was used, while that counts', () => {
    const client = new RedisServer({ config: { 'maxmemory-policy': 'allkeys-lfu' } }).connect();
    client.send('SET', 'k', 'v').take();
    const payload = payloadOf(client.ask('DUMP', 'k'));
    expect(client.ask('RESTORE', 'm', '0', payload, 'FREQ', '100') + client.ask('OBJECT', 'FREQ', 'm')).toBe(
      '+OK\r\n:100\r\n',
    );
  });

  it('refuse what is no payload', () => {
    const client = new RedisServer().connect();
    client.send('SET', 'k', 'v').take();
    const payload = payloadOf(client.ask('DUMP', 'k'));
    const refusal = (...args: string[]) => client.ask('RESTORE', 'x', ...args).trim();
    expect(refusal('0', `${payload}x`)).toBe('-ERR DUMP payload version or checksum are wrong');
    expect(refusal('-1', payload)).toBe('-ERR Invalid TTL value, must be >= 0');
    expect(refusal('0', payload, 'FREQ', '256')).toBe('-ERR Invalid FREQ value, must be >= 0 and <= 255');
    expect(refusal('0', payload, 'FREQ', '1', 'IDLETIME', '1')).toBe('-ERR syntax error');
    expect(client.ask('DUMP', 'none')).toBe('$-1\r\n');
  });
});
