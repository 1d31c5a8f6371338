import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pattern, PatternError } from '../../../src/models/amqp/pattern.js';

describe('a pattern', () => {
  it.each([
    ['^a', 'abc', true],
    ['^a', 'ba', false],
    ['.*', '', true],
    ['^$', 'x', false],
    ['^(?!amq\\.).*', 'amq.direct', false],
    ['^(?!amq\\.).*', 'orders', true],
    ['^(a|bc)+d{2,3}$', 'abcdd', true],
    ['[a-c]x[^0-9]', 'bxy', true],
    ['\\bq\\d+\\b', 'the q12', true],
    ['colou?r', 'color', true],
    ['^(?<kind>[a-z]+)\\.(?P<id>\\d+)$', 'order.12', true],
    ["^(?'kind'a)b", 'ab', true],
    ['^a++a', 'aaa', false],
    ['^(?>a*)b', 'aab', true],
    ['(?<=amq\\.)direct', 'amq.direct', true],
    ['(?<!amq\\.)direct', 'amq.direct', false],
    ['^[[:alpha:]_]+[[:^digit:]]$', 'ab_c', true],
    ['^[[:alpha:]]+$', 'a1', false],
    ['(?i)^ab[c-d]x41', 'ABCx41', true],
    ['(?i)[^a]', 'A', false],
  ])('%s on %s is %s', (source, text, expected) => {
    expect(new Pattern(source).test(text)).toBe(expected);
  });

  it('is refused with what is wrong', () => {
    const problems = ['(', 'a)', '*a', '[a', 'a{2,1}', '[z-a]', '\\', 'a**', '[[:foo:]]', '(?'].map((source) => {
      try {
        return new Pattern(source);
      } catch (error) {
        return error instanceof PatternError && [error.problem, error.at];
      }
    });
    // As RabbitMQ tells them.
    expect(problems).toEqual([
      ['missing )', 1],
      ['unmatched parentheses', 1],
      ['nothing to repeat', 0],
      ['missing terminating ] for character class', 2],
      ['numbers out of order in {} quantifier', 5],
      ['range out of order in character class', 3],
      ['\\ at end of pattern', 1],
      ['nothing to repeat', 2],
      ['unknown POSIX class name', 3],
      ['unrecognized character after (? or (?-', 2],
    ]);
    expect(() => new Pattern('(a)\\1')).toThrow('back references');
  });

  it('gives up after a bound of steps', () => {
    expect(() => new Pattern('(a*)*b', { maxSteps: 10_000 }).test('a'.repeat(40))).toThrow('too many steps');
  });

  it('prop: agrees with regular expressions', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(?:ab)', '\\w');
    const part = fc.tuple(atom, fc.constantFrom('', '*', '+', '?', '{1,2}', '*?')).map((pair) => pair.join(''));
    const source = fc.tuple(fc.constantFrom('', '^'), fc.array(part, { maxLength: 4 }), fc.constantFrom('', '$'));
    fc.assert(
      fc.property(
        source,
        fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 }),
        ([head, parts, tail], text) => {
          const whole = head + parts.join('') + tail;
          expect(new Pattern(whole).test(text)).toBe(new RegExp(whole).test(text));
        },
      ),
      { numRuns: 500 },
    );
  });
});
