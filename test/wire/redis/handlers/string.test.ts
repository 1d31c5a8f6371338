import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RedisServer } from '../../../helpers/redis-server.js';

const client = () => new RedisServer().connect();

test('SET with its options', () => {
  const c = client();
  expect(c.ask('SET', 'k', 'v', 'NX', 'GET')).toBe('$-1\r\n');
  expect(c.ask('SET', 'k', 'w', 'NX', 'GET')).toBe('$1\r\nv\r\n');
  expect(c.ask('SET', 'k', 'w', 'XX', 'EX', '10')).toBe('+OK\r\n');
  expect(c.ask('SET', 'k', 'x', 'KEEPTTL') + c.ask('TTL', 'k')).toBe('+OK\r\n:10\r\n');
  for (const bad of [['NX', 'XX'], ['EX'], ['EX', '1', 'PX', '1'], ['EX', '1', 'KEEPTTL'], ['FOO']]) {
    expect(c.ask('SET', 'k', 'v', ...bad)).toBe('-ERR syntax error\r\n');
  }
  expect(c.ask('SET', 'k', 'v', 'EX', '0')).toBe("-ERR invalid expire time in 'set' command\r\n");
});

test('numbers are 64 bits wide', () => {
  const c = client();
  c.ask('SET', 'n', '9223372036854775807');
  expect(c.ask('INCR', 'n')).toBe('-ERR increment or decrement would overflow\r\n');
  expect(c.ask('DECRBY', 'n', '-9223372036854775808')).toBe('-ERR decrement would overflow\r\n');
  expect(c.ask('DECR', 'n')).toBe(':9223372036854775806\r\n');
});

test('prop: GETRANGE is a slice with both ends, negative ones from the end', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 8 }),
      fc.integer({ min: -10, max: 10 }),
      fc.integer({ min: -10, max: 10 }),
      (text, a, b) => {
        const value = Buffer.from(text).toString('latin1');
        const c = client();
        c.ask('SET', 'k', value);
        const at = (index: number) => (index < 0 ? value.length + index : index);
        const bytes = [...value].filter((_, i) => i >= Math.max(0, at(a)) && i <= at(b)).join('');
        const none = at(b) < 0 && b < 0 && !(a < 0 && a > b);
        if (!none) expect(c.ask('GETRANGE', 'k', String(a), String(b))).toBe(`$${bytes.length}\r\n${bytes}\r\n`);
      },
    ),
  );
});
