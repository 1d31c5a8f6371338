import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AllowedCommands, type CommandCatalog } from '../../../src/models/redis/acl-commands.js';

const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  get: ['read', 'fast'],
  mget: ['read', 'fast'],
  keys: ['read', 'slow'],
  set: ['write', 'slow'],
  del: ['write', 'slow'],
  select: ['fast'],
  config: ['slow'],
  'config|get': ['admin', 'slow'],
  'config|set': ['admin', 'slow'],
};

const catalog: CommandCatalog = {
  names: Object.keys(CATEGORIES),
  categories: (name) => (Object.hasOwn(CATEGORIES, name) ? CATEGORIES[name] : undefined),
  subcommands: (name) => Object.keys(CATEGORIES).filter((other) => other.startsWith(`${name}|`)),
  allCategories: new Set(['read', 'write', 'admin', 'fast', 'slow', 'empty']),
};

const given = (...rules: string[]) => {
  const commands = new AllowedCommands();
  for (const rule of rules) commands.apply(rule, catalog);
  return commands;
};

describe('the commands that are allowed', () => {
  test.each([
    [[], []],
    [['+@all'], Object.keys(CATEGORIES)],
    [
      ['+@read', '-keys'],
      ['get', 'mget'],
    ],
    [
      ['+@all', '-@read'],
      ['set', 'del', 'select', 'config', 'config|get', 'config|set'],
    ],
    // A container stands for its subcommands, whatever their categories are.
    [
      ['+@slow', '-@admin'],
      ['keys', 'set', 'del', 'config'],
    ],
    [
      ['+CONFIG', '-config|set'],
      ['config', 'config|get'],
    ],
    [['+config|get'], ['config|get']],
    [['+@all', '-@all'], []],
  ])('of %j are %j', (rules, names) => {
    const commands = given(...rules);
    expect(catalog.names.filter((name) => commands.may(name, [name]))).toEqual(names);
  });

  test('may be those with a first argument only', () => {
    const commands = given('+select|0', '+SELECT|One');
    const may = (first?: string) => commands.may('select', first === undefined ? ['select'] : ['select', first]);
    expect([may('0'), may('ONE'), may('1'), may()]).toEqual([true, true, false, false]);
    commands.apply('-select', catalog);
    expect(may('0')).toBe(false);
  });

  test.each([
    ['+nosuch', 'Unknown command or category name in ACL'],
    ['-@nosuch', 'Unknown command or category name in ACL'],
    ['+config|nosuch', 'Unknown command or category name in ACL'],
    ['-get|x', 'Unknown command or category name in ACL'],
    ['+config|get|x', 'Allowing first-arg of a subcommand is not supported'],
    ['+get|', 'Syntax error'],
    ['+', 'Unknown command or category name in ACL'],
  ])('are not those of %s: %s', (rule, reason) => {
    expect(() => given(rule)).toThrow(reason);
  });

  test('everything but something is still everything when it is put back', () => {
    const commands = given('+@all', '-get', '+get');
    expect([commands.shortestRules(catalog), commands.rules]).toEqual(['+@all', '+@all +get']);
  });
});

describe('rules that are told', () => {
  test.each([
    [['+get', '+mget', '+keys'], '-@all +@read'],
    [['+get', '+del'], '-@all +get +del'],
    [['+@all', '-set'], '+@all -set'],
    [['+@all', '-@write'], '+@all -@write'],
    [['+@all', '-config', '+config|get'], '+@all -config +config|get'],
    [['+select|0', '+select|1'], '-@all +select|0 +select|1'],
    [['+@read', '-@read'], '-@all'],
  ])('for %j are "%s" in the end', (rules, told) => {
    expect(given(...rules).shortestRules(catalog)).toBe(told);
  });

  test('as they were given leave out what a later one made void', () => {
    expect(given('+config|get', '-get', '+GET', '-config').rules).toBe('-@all +get -config');
    expect(given('+@read', '+config|get', '-config|set').rules).toBe('-@all +@read +config|get -config|set');
    expect(given('+get', '+@all').rules).toBe('+@all');
  });

  const rule = fc
    .tuple(fc.constantFrom('+', '-'), fc.constantFrom('@all', '@read', '@write', '@slow', '@admin', ...catalog.names))
    .map(([sign, subject]) => sign + subject);

  test('prop: both tellings allow what was allowed', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 8 }), (rules) => {
        const commands = given(...rules);
        const names = (one: AllowedCommands) => catalog.names.filter((name) => one.may(name, [name]));
        for (const told of [commands.shortestRules(catalog), commands.rules]) {
          expect(names(given(...told.split(' ')))).toEqual(names(commands));
        }
      }),
    );
  });
});
