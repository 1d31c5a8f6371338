import { describe, expect, it } from 'vitest';
import {
  type ErlangTerm,
  erlangAtom,
  erlangBinary,
  erlangFloat,
  erlangFormat,
  erlangJson,
  erlangList,
  erlangRecord,
  erlangString,
  erlangTerm,
  erlangText,
  erlangTuple,
  printTerm,
} from '../../../src/models/amqp/erlang-term.js';
import { type FieldValue, TypedField } from '../../../src/models/amqp/field-table.js';

// Everything here was printed by Erlang/OTP 25.

it('floats have the shortest digits, with an exponent where that is shorter and from 2^53 on', () => {
  const values = [
    1,
    0.5,
    12.25,
    1000,
    1500,
    12_000,
    120_000,
    123_456,
    0.001,
    0.0001,
    0.00001,
    0.000012345,
    -2.5,
    -1e6,
    2 ** 53 - 1,
    2 ** 53,
    1e22,
    1.5e-10,
    100,
  ];
  expect(values.map(erlangFloat).join(' ')).toBe(
    '1.0 0.5 12.25 1.0e3 1.5e3 1.2e4 1.2e5 123456.0 0.001 0.0001 1.0e-5 1.2345e-5 -2.5 -1.0e6 9007199254740991.0 ' +
      '9.007199254740992e15 1.0e22 1.5e-10 100.0',
  );
});

it.each<[string, FieldValue, string]>([
  ['text', 'café', '<<"café">>'],
  ['no text', '', '<<>>'],
  ['a number', new TypedField('l', 7), '7'],
  ['a float', new TypedField('d', 2), '2.0'],
  ['bytes that are text', new TypedField('x', Buffer.from('a"b\n')), '<<"a\\"b\\n">>'],
  ['bytes that are none', new TypedField('x', Buffer.from([0, 60, 255])), '<<0,60,255>>'],
  ['a decimal', new TypedField('D', 12345, 2), '{2,12345}'],
  ['a list', ['a', true, ['b']], '[{longstr,<<"a">>},{bool,true},{array,[{longstr,<<"b">>}]}]'],
  ['a table', new Map<string, FieldValue>([['k', 'v']]), '[{<<"k">>,longstr,<<"v">>}]'],
  ['nothing', null, 'undefined'],
])('%s is printed as Erlang prints it', (_what, value, text) => {
  expect(printTerm(erlangTerm(value))).toBe(text);
});

it('names, characters and bytes are quoted as Erlang quotes them', () => {
  const names = ['direct', 'x-random', 'Direct', '', "it's"];
  expect(names.map(erlangAtom)).toEqual(['direct', "'x-random'", "'Direct'", "''", "'it\\'s'"]);
  expect(['', 'a b', '\\\x1b\x7f'].map((text) => printTerm(erlangBinary(text)))).toEqual([
    '<<>>',
    '<<"a b">>',
    '<<92,27,127>>',
  ]);
  expect(erlangString('\\ at "end"')).toBe('"\\\\ at \\"end\\""');
});

it('what came from JSON has no types', () => {
  const json = { a: [1, 1.5, 'x', null, true], b: {} };
  expect(printTerm(erlangJson(json))).toBe('#{<<"a">> => [1,1.5,<<"x">>,null,true],<<"b">> => #{}}');
  expect(printTerm(erlangJson(new Map<string, FieldValue>([['a', new TypedField('l', 5)]])))).toBe('#{<<"a">> => 5}');
});

it('text and bytes stand for themselves where no term is asked for', () => {
  const values: FieldValue[] = ['abc', new TypedField('x', Buffer.from('ab')), true, ['a']];
  expect(values.map((value) => erlangText(value))).toEqual(['abc', 'ab', 'true', '[{longstr,<<"a">>}]']);
});

describe('a term that does not fit on its line is broken', () => {
  const octets = Uint8Array.of(201, 1, 2, 204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 214, 215, 216);
  const named = (tag: string, inner: ErlangTerm): ErlangTerm => erlangRecord(tag, inner);
  const text = (value: string): ErlangTerm => erlangBinary(value);
  it.each<[string, number, ErlangTerm, string[]]>([
    ['not when it fits', 70, erlangList(['short']), ['[short]']],
    [
      'bytes: as many as fit',
      26,
      erlangBinary(octets),
      ['<<201,1,2,204,205,206,207,208,209,210,211,212,213,', `${' '.repeat(28)}214,215,216>>`],
    ],
    [
      'bytes with hardly any room: eight columns at least',
      60,
      erlangTuple(erlangBinary(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)), 'x'),
      ['{<<1,2,3,4,5,6,7,8,', `${' '.repeat(63)}9,10>>,`, `${' '.repeat(61)}x}`],
    ],
    [
      'words: as many as fit',
      0,
      erlangList(['1', '2', '3', '4', '5', '6', '7', '8'].map((digit) => digit.repeat(10))),
      ['[1111111111,2222222222,3333333333,4444444444,5555555555,6666666666,7777777777,', ' 8888888888]'],
    ],
    [
      'behind a text, below its column',
      53,
      erlangTuple(erlangString('missing terminating ] for character class'), '1'),
      ['{"missing terminating ] for character class",', `${' '.repeat(54)}1}`],
    ],
    [
      'tuples: one a line',
      0,
      erlangList([
        erlangTuple(text('dead-letter-strategy'), text('at-most-once')),
        erlangTuple(text('nonsense'), '1000'),
        erlangTuple(text('q'), erlangList([])),
      ]),
      ['[{<<"dead-letter-strategy">>,<<"at-most-once">>},', ' {<<"nonsense">>,1000},', ' {<<"q">>,[]}]'],
    ],
    [
      'tagged tuples on the right: indented by four',
      29,
      erlangList([named('longstr', text('a'.repeat(28))), named('longstr', text('b'.repeat(35)))]),
      [
        `[{longstr,<<"${'a'.repeat(28)}">>},`,
        `${' '.repeat(30)}{longstr,`,
        `${' '.repeat(34)}<<"${'b'.repeat(35)}">>}]`,
      ],
    ],
    [
      'tagged tuples in each other: indented by four',
      0,
      named(
        'outer',
        named(
          'middle_with_a_name',
          named('inner_with_a_name', named('innermost_with_a_name', text('text that is long enough to be broken'))),
        ),
      ),
      [
        '{outer,',
        '    {middle_with_a_name,',
        '        {inner_with_a_name,',
        '            {innermost_with_a_name,',
        '                <<"text that is long enough to be broken">>}}}}',
      ],
    ],
  ])('%s', (_what, column, term, lines) => {
    expect(printTerm(term, column + 1)).toBe(lines.join('\n'));
    expect(erlangFormat`${'x'.repeat(column)}${term}!`).toBe(`${'x'.repeat(column)}${lines.join('\n')}!`);
  });
});
