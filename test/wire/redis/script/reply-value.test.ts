import { expect, it } from 'vitest';
import { readReply, toBuffer } from '../../../../src/wire/redis/script/reply-value.js';

it.for([
  ['+OK\r\n', { ok: toBuffer('OK') }],
  ['-ERR no\r\n', { err: toBuffer('ERR no') }],
  [':12\r\n', 12],
  [':9223372036854775807\r\n', 9223372036854775807n],
  ['$4\r\na\r\nb\r\n', toBuffer('a\r\nb')],
  ['$-1\r\n', null],
  ['*-1\r\n', null],
  ['_\r\n', null],
  ['#t\r\n', true],
  [',-inf\r\n', { double: -Infinity }],
  ['(123\r\n', { big_number: toBuffer('123') }],
  ['=5\r\ntxt:x\r\n', { verbatim_string: { format: toBuffer('txt'), string: toBuffer('x') } }],
  ['*2\r\n*0\r\n:1\r\n', [[], 1]],
  ['~1\r\n:1\r\n', { set: [1] }],
  ['%1\r\n+a\r\n:1\r\n', { map: [[{ ok: toBuffer('a') }, 1]] }],
] as const)('%j becomes a value of the interpreter', ([bytes, value]) => {
  expect(readReply(bytes)).toEqual(value);
});
