import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('bit fields', () => {
  it('prop: hold what was set, wherever they lie, and leave their neighbours alone', () => {
    const client = new RedisServer().connect();
    const field = fc.tuple(fc.integer({ min: 1, max: 63 }), fc.nat(100), fc.bigInt({ min: 0n, max: 2n ** 62n }));
    fc.assert(
      fc.property(field, ([bits, offset, given]) => {
        const value = BigInt.asUintN(bits, given);
        const zeros = '\0'.repeat(24);
        client.send('SET', 'b', zeros).take();
        expect(client.ask('BITFIELD', 'b', 'SET', `u${bits}`, String(offset), String(value))).toBe('*1\r\n:0\r\n');
        expect(client.ask('BITFIELD_RO', 'b', 'GET', `u${bits}`, String(offset))).toBe(`*1\r\n:${value}\r\n`);
        const signed = BigInt.asIntN(bits, value);
        expect(client.ask('BITFIELD', 'b', 'GET', `i${bits}`, String(offset))).toBe(`*1\r\n:${signed}\r\n`);
        client.send('BITFIELD', 'b', 'SET', `u${bits}`, String(offset), '0').take();
        expect(client.ask('GET', 'b')).toBe(`$24\r\n${zeros}\r\n`);
      }),
    );
  });

  it('overflow as they were told', () => {
    const client = new RedisServer().connect();
    const add = (...words: string[]) => client.ask('BITFIELD', 'b', ...words, 'INCRBY', 'u8', '#1', '200');
    expect(add()).toBe('*1\r\n:200\r\n');
    expect(add('OVERFLOW', 'FAIL')).toBe('*1\r\n$-1\r\n');
    expect(add('OVERFLOW', 'SAT')).toBe('*1\r\n:255\r\n');
    expect(add('OVERFLOW', 'WRAP')).toBe('*1\r\n:199\r\n');
    expect(client.ask('GET', 'b')).toBe('$2\r\n\0\xc7\r\n');
    expect(client.ask('BITFIELD', 'c', 'OVERFLOW', 'SAT', 'SET', 'i8', '0', '-500', 'GET', 'i8', '0')).toBe(
      '*2\r\n:0\r\n:-128\r\n',
    );
  });

  it('are refused in Redis words', () => {
    const client = new RedisServer().connect();
    const refusal = (...args: string[]) => client.ask(...args).trim();
    expect(refusal('BITFIELD', 'b', 'GET', 'u64', '0')).toMatch(/^-ERR Invalid bitfield type\. Use something like i16/);
    expect(refusal('BITFIELD', 'b', 'OVERFLOW', 'x')).toBe('-ERR Invalid OVERFLOW type specified');
    expect(refusal('BITFIELD', 'b', 'GET', 'u8')).toBe('-ERR syntax error');
    expect(refusal('BITFIELD', 'b', 'GET', 'u8', '#x')).toBe('-ERR bit offset is not an integer or out of range');
    expect(refusal('BITFIELD_RO', 'b', 'SET', 'u8', '0', '1')).toBe(
      '-ERR BITFIELD_RO only supports the GET subcommand',
    );
  });
});
