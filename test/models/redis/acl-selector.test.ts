import { describe, expect, test } from 'vitest';
import type { CommandCatalog } from '../../../src/models/redis/acl-commands.js';
import { AclSelector } from '../../../src/models/redis/acl-selector.js';

const catalog: CommandCatalog = {
  names: ['get'],
  categories: (name) => (name === 'get' ? ['read'] : undefined),
  subcommands: () => [],
  allCategories: new Set(['read']),
};

const given = (...rules: string[]) => {
  const selector = new AclSelector();
  for (const rule of rules) selector.apply(rule, catalog);
  return selector;
};

describe('key patterns', () => {
  const uses = (selector: AclSelector, key: string) =>
    [
      { reads: false, writes: false },
      { reads: true, writes: false },
      { reads: false, writes: true },
      { reads: true, writes: true },
    ].map((use) => selector.mayUseKey(key, use));

  test.each([
    ['~k*', [true, true, true, true]],
    ['%R~k*', [true, true, false, false]],
    ['%w~k*', [true, false, true, false]],
    ['%RW~k*', [true, true, true, true]],
    ['~x', [false, false, false, false]],
    ['allkeys', [true, true, true, true]],
  ])('%s lets a key be touched, read, written, both: %j', (rule, allowed) => {
    expect(uses(given(rule), 'key')).toEqual(allowed);
  });

  test('two patterns do not add up for one key, the same pattern twice does', () => {
    expect(uses(given('%R~k*', '%W~ke*'), 'key')).toEqual([true, true, true, false]);
    expect(given('%R~k*', '%W~k*').keyRules).toEqual(['~k*']);
  });

  test('are told with what they allow', () => {
    expect(given('%R~r', '%W~w', '%WR~b', '~a').keyRules).toEqual(['%R~r', '%W~w', '~b', '~a']);
    expect(given('~a', 'allkeys').keyRules).toEqual(['~*']);
    expect(given('~a', 'resetkeys').keyRules).toEqual([]);
  });

  test('any key may be used when there is a pattern for all', () => {
    const read = { reads: true, writes: false };
    expect([given('%R~*'), given('~a*'), given('%W~*'), given('~*')].map((one) => one.mayUseAnyKey(read))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  test.each(['%', '%~a', '%X~a', '%RR~a', '%Ra', '~a b', '%R~a b', '&a b', 'on', '(+get)', '>pw'])(
    '%s is no rule of a selector',
    (rule) => {
      expect(() => given(rule)).toThrow('Syntax error');
    },
  );

  test('may not follow the one for all', () => {
    expect(() => given('~*', '%R~a')).toThrow("'allkeys'");
    expect(() => given('allchannels', '&a')).toThrow("'allchannels'");
  });
});

describe('channel patterns', () => {
  test('match names; a pattern must be one of them', () => {
    const selector = given('&a*');
    const may = (name: string, isPattern: boolean) => selector.mayUseChannel({ name, isPattern });
    expect([may('ab', false), may('b', false), may('a*', true), may('ab*', true)]).toEqual([true, false, true, false]);
    expect(new AclSelector(true).mayUseChannel({ name: '*', isPattern: true })).toBe(true);
  });

  test('a copy goes its own way', () => {
    const selector = given('&a', '~k', '+get');
    const copy = new AclSelector().copyFrom(selector);
    copy.apply('resetchannels', catalog);
    copy.apply('resetkeys', catalog);
    copy.apply('nocommands', catalog);
    expect([selector.channelRules, selector.keyRules, selector.commands.may('get', [])]).toEqual([
      ['&a'],
      ['~k'],
      true,
    ]);
    expect([copy.channelRules, copy.keyRules, copy.commands.may('get', [])]).toEqual([[], [], false]);
  });
});
