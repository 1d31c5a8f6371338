import { describe, expect, test } from 'vitest';
import { Acl, AclUser, type RuleGrammar } from '../../../src/models/redis/acl.js';

const grammar: RuleGrammar = {
  catalog: {
    names: ['get', 'set'],
    categories: (name) => (['get', 'set'].includes(name) ? [] : undefined),
    subcommands: () => [],
    allCategories: new Set(['read']),
  },
  split: (text) => text.split(' ').filter((word) => word !== ''),
  allChannels: false,
};
const READ = { reads: true, writes: false };
const HASH = '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8';

const user = (...rules: string[]) => {
  const made = new AclUser('u');
  made.apply(rules, grammar);
  return made;
};

test('a rule that is none changes nothing', () => {
  const made = new AclUser('u');
  expect(() => made.apply(['on', '+nosuch'], grammar)).toThrow(
    "ERR Error in ACL SETUSER modifier '+nosuch': Unknown command or category name in ACL",
  );
  expect(made.enabled).toBe(false);
});

describe('passwords', () => {
  test('come and go', () => {
    const made = user('on', '>a', '>b', '<a');
    expect([made.checkPassword('a'), made.checkPassword('b')]).toEqual([false, true]);
    made.apply(['nopass'], grammar);
    expect(made.checkPassword('anything')).toBe(true);
    made.apply(['off'], grammar);
    expect(made.checkPassword('anything')).toBe(false);
  });

  test('may be given as hashes', () => {
    const made = user('on', `#${HASH}`);
    expect(made.checkPassword('password')).toBe(true);
    made.apply([`!${HASH}`], grammar);
    expect(made.checkPassword('password')).toBe(false);
    expect(() => made.apply([`!${HASH}`], grammar)).toThrow('The password you are trying to remove');
    expect(() => made.apply(['#5E'], grammar)).toThrow('exactly 64 characters');
  });
});

describe('selectors', () => {
  test('add up, each for itself', () => {
    const made = user('+get', '~a', '(+set ~b)', '(+get', '~c', '~d)');
    expect(made.selectors.map((one) => [one.commands.may('get', []), one.keyRules])).toEqual([
      [true, ['~a']],
      [false, ['~b']],
      [true, ['~c', '~d']],
    ]);
    expect(made.clone().selectors[2]?.mayUseKey('d', READ)).toBe(true);
    made.apply(['clearselectors'], grammar);
    expect(made.selectors.map((one) => one.keyRules)).toEqual([['~a']]);
  });

  test('have to be closed', () => {
    expect(() => user('on', '(+get', '~a')).toThrow("ERR Unmatched parenthesis in acl selector starting at '(+get'.");
    expect(user('(+set', '~x', '(+get', '~a)').selectors.map((one) => one.keyRules)).toEqual([[], ['~a']]);
    expect(() => user('(+nosuch)')).toThrow("modifier '(+nosuch)': Unknown command");
  });
});

test('reset takes everything back but the name', () => {
  const made = user('on', '>a', '~*', '&*', '+@all', '(+get)', 'reset');
  expect([made.enabled, made.passwords.size, made.selectors.length, made.payload]).toEqual([
    false,
    0,
    1,
    'sanitize-payload',
  ]);
  expect([made.root.keyRules, made.root.channelRules, made.root.commands.may('get', [])]).toEqual([[], [], false]);
  made.apply(['reset', '(+get)'], { ...grammar, allChannels: true });
  expect(made.selectors.map((one) => one.channelRules)).toEqual([['&*'], ['&*']]);
});

test('the default user is always there, and requirepass is its password', () => {
  const acl = new Acl('');
  expect(acl.default.noPassword).toBe(true);
  acl.setDefaultPassword('pw');
  expect(acl.default.checkPassword('pw')).toBe(true);
  acl.ensure('u');
  expect(acl.names).toEqual(['default', 'u']);
  acl.reset('');
  expect(acl.names).toEqual(['default']);
});
