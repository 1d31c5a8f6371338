import { expect, it } from 'vitest';
import { UsageError } from '../../src/cli/usage.js';
import { choice, integer, pairs, wholeNumber, wrong } from '../../src/cli/value.js';

it('what was not given has no value', () => {
  expect([integer('n', undefined, 0, 1), choice('c', undefined, ['a']), pairs('p', undefined, '=', '')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it('a number is whole and within its bounds, both included', () => {
  expect([integer('n', '2', 2, 4), integer('n', '4', 2, 4), wholeNumber('007')]).toEqual([2, 4, 7]);
  for (const text of ['1', '5', '', '-2', '2.0', '0x2', ' 2'])
    expect(() => integer('n', text, 2, 4)).toThrow(UsageError);
});

it('a word is one of those that are known', () => {
  expect(choice('c', 'b', ['a', 'b'])).toBe('b');
  expect(() => choice('c', 'd', ['a', 'b'])).toThrow("--c is 'd'; give a or b");
});

it('a pair is cut at its first separator, and the last one of a name counts', () => {
  expect(pairs('p', ['a=b=c', 'd=', 'a=e'], '=', 'name=value')).toEqual({ a: 'e', d: '' });
  for (const text of ['a', '=b', '']) expect(() => pairs('p', [text], '=', 'name=value')).toThrow(UsageError);
});

it('a mistake says what was found and what would be right', () => {
  expect(wrong('port', 'x', 'a number').message).toBe("--port is 'x'; give a number");
});
