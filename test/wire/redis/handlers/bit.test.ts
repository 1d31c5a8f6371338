import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('bits', () => {
  it('prop: are those of the string, the highest of each byte first', () => {
    const client = new RedisServer().connect();
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(100), { minLength: 1 }), (offsets) => {
        client.send('DEL', 'b').take();
        for (const offset of offsets) expect(client.ask('SETBIT', 'b', String(offset), '1')).toBe(':0\r\n');
        expect(client.ask('BITCOUNT', 'b')).toBe(`:${offsets.length}\r\n`);
        expect(client.ask('STRLEN', 'b')).toBe(`:${Math.floor(Math.max(...offsets) / 8) + 1}\r\n`);
        expect(client.ask('GETBIT', 'b', String(offsets[0]))).toBe(':1\r\n');
        const low = offsets.filter((offset) => offset < 10).length;
        expect(client.ask('BITCOUNT', 'b', '0', '9', 'BIT')).toBe(`:${low}\r\n`);
      }),
    );
  });

  it('combine byte by byte', () => {
    const client = new RedisServer().connect();
    client.send('SET', 'a', '\xf0').send('SET', 'b', '\x3c\x01').take();
    const combined = (operation: string, ...keys: string[]) => {
      client.send('BITOP', operation, 'c', ...keys).take();
      return client.ask('GET', 'c').split('\r\n')[1];
    };
    expect(combined('AND', 'a', 'b')).toBe('\x30\x00');
    expect(combined('OR', 'a', 'b')).toBe('\xfc\x01');
    expect(combined('XOR', 'a', 'b')).toBe('\xcc\x01');
    expect(combined('NOT', 'a')).toBe('\x0f');
    expect(client.ask('BITOP', 'NOT', 'c', 'none') + client.ask('EXISTS', 'c')).toBe(':0\r\n:0\r\n');
  });

  it('are counted without a look at the unit when the range is upside down', () => {
    const client = new RedisServer().connect();
    client.send('SET', 'b', 'v').take();
    expect(client.ask('BITCOUNT', 'b', '-1', '-2', 'words')).toBe(':0\r\n');
    expect(client.ask('BITCOUNT', 'b', '-2', '-1', 'words')).toBe('-ERR syntax error\r\n');
  });

  it('are refused out of range', () => {
    const client = new RedisServer().connect();
    expect(client.ask('SETBIT', 'b', '-1', '1')).toBe('-ERR bit offset is not an integer or out of range\r\n');
    expect(client.ask('SETBIT', 'b', '4294967296', '1')).toBe('-ERR bit offset is not an integer or out of range\r\n');
    expect(client.ask('SETBIT', 'b', '4294967295', '1')).toMatch(/^-ERR string exceeds maximum allowed size/);
    expect(client.ask('SETBIT', 'b', '0', '2')).toBe('-ERR bit is not an integer or out of range\r\n');
  });

  it('are found, in bytes and in bits', () => {
    const client = new RedisServer().connect();
    client.send('SET', 'b', '\xff\xf0\x00').send('SET', 'ones', '\xff').take();
    expect(client.ask('BITPOS', 'b', '0') + client.ask('BITPOS', 'b', '1', '2')).toBe(':12\r\n:-1\r\n');
    expect(client.ask('BITPOS', 'b', '0', '5', '20', 'BIT')).toBe(':12\r\n');
    expect(client.ask('BITPOS', 'ones', '0') + client.ask('BITPOS', 'ones', '0', '0', '-1')).toBe(':8\r\n:-1\r\n');
    expect(client.ask('BITPOS', 'none', '0') + client.ask('BITPOS', 'none', '1')).toBe(':0\r\n:-1\r\n');
    expect(client.ask('BITPOS', 'b', '2')).toBe('-ERR The bit argument must be 1 or 0.\r\n');
  });
});
