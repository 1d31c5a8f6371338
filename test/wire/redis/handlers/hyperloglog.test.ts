import { describe, expect, it, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

describe('PFADD, PFCOUNT and PFMERGE', () => {
  it('count what is distinct, in one key or several', () => {
    const client = new RedisServer().connect();
    expect(client.ask('PFADD', 'h', 'a', 'b', 'c') + client.ask('PFADD', 'h', 'a')).toBe(':1\r\n:0\r\n');
    expect(client.ask('PFADD', 'other', 'c', 'd') + client.ask('PFADD', 'empty')).toBe(':1\r\n:1\r\n');
    expect(client.ask('PFCOUNT', 'h') + client.ask('PFCOUNT', 'h', 'other', 'none')).toBe(':3\r\n:4\r\n');
    expect(client.ask('PFMERGE', 'all', 'h', 'other') + client.ask('PFCOUNT', 'all')).toBe('+OK\r\n:4\r\n');
    expect(client.ask('PFCOUNT', 'none') + client.ask('PFCOUNT', 'empty')).toBe(':0\r\n:0\r\n');
  });

  it('remember the last count in the key itself, until it changes', () => {
    const client = new RedisServer().connect();
    client.send('PFADD', 'h', 'a').take();
    const fresh = client.ask('GET', 'h');
    client.send('PFCOUNT', 'h').take();
    const remembered = client.ask('GET', 'h');
    expect([fresh.charCodeAt(20), remembered.charCodeAt(20)]).toEqual([0x80, 0]);
    expect(remembered.charCodeAt(13)).toBe(1);
  });

  it('refuse other strings', () => {
    const client = new RedisServer().connect();
    client.send('SET', 's', 'x'.repeat(20)).send('SADD', 'set', 'a').take();
    expect(client.ask('PFADD', 's', 'a')).toBe('-WRONGTYPE Key is not a valid HyperLogLog string value.\r\n');
    expect(client.ask('PFCOUNT', 'set')).toMatch(/^-WRONGTYPE Operation against/);
    client.send('SET', 's', 'HYLL\x01\0\0\0\0\0\0\0\0\0\0\x80\x7f\xf0').take();
    expect(client.ask('PFCOUNT', 's')).toBe('-INVALIDOBJ Corrupted HLL object detected\r\n');
  });
});

test('PFDEBUG looks into a value', () => {
  const client = new RedisServer().connect();
  const ask = (line: string) => client.ask(...line.split(' '));
  ask('PFADD h a b c');
  expect(ask('PFDEBUG ENCODING h')).toBe('+sparse\r\n');
  expect(ask('PFDEBUG DECODE h')).toBe('$44\r\nZ:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603\r\n');
  expect(ask('PFDEBUG TODENSE h') + ask('PFDEBUG TODENSE h')).toBe(':1\r\n:0\r\n');
  expect(ask('PFDEBUG ENCODING h')).toBe('+dense\r\n');
  expect(ask('PFDEBUG DECODE h')).toBe('-ERR HLL encoding is not sparse\r\n');
  expect(ask('PFDEBUG GETREG h').match(/:2\r\n/g)).toHaveLength(1);
  expect(ask('PFDEBUG GETREG nosuch')).toBe('-ERR The specified key does not exist\r\n');
  expect(ask('PFDEBUG FOO h')).toBe("-ERR Unknown PFDEBUG subcommand 'FOO'\r\n");
  expect(ask('PFCOUNT h')).toBe(':3\r\n');
  expect(ask('PFSELFTEST')).toBe('+OK\r\n');
});
