import { expect, test } from 'vitest';
import * as reply from '../../../src/wire/redis/reply.js';

test('RESP2 and RESP3 differ in nulls, maps, sets, pushes, texts and doubles', () => {
  expect([2, 3].map((p) => reply.nullBulk(p as 2 | 3))).toEqual(['$-1\r\n', '_\r\n']);
  expect([2, 3].map((p) => reply.nullArray(p as 2 | 3))).toEqual(['*-1\r\n', '_\r\n']);
  const pair = [[reply.bulk('k'), reply.integer(1)]] as const;
  expect(reply.map(pair, 2)).toBe('*2\r\n$1\r\nk\r\n:1\r\n');
  expect(reply.map(pair, 3)).toBe('%1\r\n$1\r\nk\r\n:1\r\n');
  expect(reply.set([reply.integer(1)], 3)).toBe('~1\r\n:1\r\n');
  expect(reply.push([reply.integer(1)], 3)).toBe('>1\r\n:1\r\n');
  expect(reply.verbatim('', 3)).toBe('=4\r\ntxt:\r\n');
  expect(reply.double(2.5, 2, '7.0')).toBe('$3\r\n2.5\r\n');
  expect(reply.double(-Infinity, 3, '7.0')).toBe(',-inf\r\n');
  expect(reply.bulkOrNull(undefined, 2)).toBe('$-1\r\n');
});

test('no text of a client can split an error or a status', () => {
  expect(reply.error('ERR a\r\n+OK')).toBe('-ERR a  +OK\r\n');
  expect(reply.simple('a\nb')).toBe('+a b\r\n');
  expect(reply.cString('a\0b')).toBe('a');
});

test('doubles print as C prints them', () => {
  const formatted = (version: '7.0' | '7.2', ...values: number[]) =>
    values.map((value) => reply.formatDouble(value, version));
  expect(formatted('7.2', 0, -0, 1e21, 1e-7, NaN, 0.1)).toEqual(['0', '-0', '1e+21', '1e-07', 'nan', '0.1']);
  expect(formatted('7.0', 0.1, 2.5, -3, 1e16, 1e17, 123456, 1e-4, 1e-5)).toEqual([
    '0.10000000000000001',
    '2.5',
    '-3',
    '10000000000000000',
    '1e+17',
    '123456',
    '0.0001',
    '1.0000000000000001e-05',
  ]);
});
