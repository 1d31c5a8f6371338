import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TEST_LIMITS } from '../../../src/core/limits.js';
import { TopicPattern } from '../../../src/models/kafka/topic-pattern.js';
import { codeOf } from '../../helpers/kafka-group.js';

const matches = (pattern: string, name: string) => new TopicPattern(pattern, TEST_LIMITS).matches(name);

describe('TopicPattern', () => {
  it.each([
    ['orders', 'orders', true],
    ['orders', 'orders2', false],
    ['^orders$', 'orders', true],
    ['a\\$', 'a$', true],
    ['(^.*_5)', 'a_5', true],
    ['(^a$)|(^b$)', 'b', true],
    ['a|^b', 'b', true],
    ['a^b', 'ab', false],
    ['a$b', 'ab', false],
    ['(a|$)b?', 'ab', true],
    ['^*a$+', 'a', true],
    ['log-.*', 'log-', true],
    ['log-.+', 'log-', false],
    ['a|bc', 'bc', true],
    ['(a|b)*c', 'abbac', true],
    ['(?:ab)?c', 'c', true],
    ['[a-c]+', 'abcabc', true],
    ['[^a-c]', 'd', true],
    ['[]a]', ']', true],
    ['[\\d-]+', '1-2', true],
    ['\\w\\d\\.\\D', 'x1.y', true],
    ['a{2}', 'aa', true],
    ['a{2,}', 'a', false],
    ['a{1,3}', 'aaaa', false],
    ['a{1,3}?', 'aaa', true],
    ['a*?b', 'aab', true],
    ['', '', true],
  ])('%s against %s: %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  it.each(['(', ')', 'a)', '[a', '*a', '+', '?', '{2}', 'a{3,2}', 'a{9999}', '(?=a)', '\\', '\\q', '[b-a]', '[\\'])(
    'refuses %s',
    (pattern) => {
      expect(codeOf(() => matches(pattern, 'x'))).toBe('INVALID_REGULAR_EXPRESSION');
    },
  );

  it('is not slow where backtracking would be, and is bounded', () => {
    expect(matches(`${'(a*)*'.repeat(10)}b`, 'a'.repeat(249))).toBe(false);
    expect(codeOf(() => matches('('.repeat(5_000), 'x'))).toBe('INVALID_REGULAR_EXPRESSION');
    expect(codeOf(() => matches('((a{1000}){1000}){1000}', 'x'))).toBe('INVALID_REGULAR_EXPRESSION');
    expect(codeOf(() => new TopicPattern('a{1000}', { ...TEST_LIMITS, matcherSteps: 10 }).matches('a'))).toBe(
      'LIMIT_EXCEEDED',
    );
  });

  it('prop: agrees with the expressions of the platform', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(ab)', '\\.', '\\w');
    const piece = fc.tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}')).map((parts) => parts.join(''));
    const pattern = fc.array(
      fc.array(piece, { maxLength: 4 }).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 3 },
    );
    const name = fc.stringMatching(/^[ab.]{0,6}$/);
    fc.assert(
      fc.property(pattern, name, (alternatives, text) => {
        const source = alternatives.join('|');
        expect(matches(source, text)).toBe(new RegExp(`^(?:${source})$`, 's').test(text));
      }),
      { numRuns: 1_000 },
    );
  });
});
