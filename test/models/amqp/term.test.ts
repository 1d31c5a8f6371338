import { expect, it } from 'vitest';
import { type FieldValue, TypedField } from '../../../src/models/amqp/field-table.js';
import { erlangAtom, erlangBinary, erlangFloat, erlangTerm, erlangText } from '../../../src/models/amqp/term.js';

it.each<[number, string]>([
  [1, '1.0'],
  [0.5, '0.5'],
  [12.25, '12.25'],
  [1000, '1.0e3'],
  [1500, '1500.0'],
  [120_000, '1.2e5'],
])('the float %d is printed as %s', (value, text) => {
  expect(erlangFloat(value)).toBe(text);
});

it.each<[string, FieldValue, string]>([
  ['text', 'café', '<<"café">>'],
  ['no text', '', '<<>>'],
  ['a number', new TypedField('l', 7), '7'],
  ['a float', new TypedField('d', 2), '2.0'],
  ['bytes', new TypedField('x', Buffer.from('ab')), '<<"ab">>'],
  ['a decimal', new TypedField('D', 12345, 2), '{2,12345}'],
  ['a list', ['a', true, ['b']], '[{longstr,<<"a">>},{bool,true},{array,[{longstr,<<"b">>}]}]'],
  ['a table', new Map<string, FieldValue>([['k', 'v']]), '[{<<"k">>,longstr,<<"v">>}]'],
  ['nothing', null, 'undefined'],
])('%s is printed as Erlang prints it', (_what, value, text) => {
  expect(erlangTerm(value)).toBe(text);
});

it('names and bytes are quoted as Erlang quotes them', () => {
  expect(['direct', 'x-random', 'Direct', ''].map(erlangAtom)).toEqual(['direct', "'x-random'", "'Direct'", "''"]);
  expect(['', 'a b'].map(erlangBinary)).toEqual(['<<>>', '<<"a b">>']);
});

it('text and bytes stand for themselves where no term is asked for', () => {
  const values: FieldValue[] = ['abc', new TypedField('x', Buffer.from('ab')), true, ['a']];
  expect(values.map(erlangText)).toEqual(['abc', 'ab', 'true', '[{longstr,<<"a">>}]']);
});
