import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMMAND_GROUPS, COMMANDS, MOVABLE_KEYS } from '../../../../src/wire/redis/handlers/index.js';

const listed = COMMAND_GROUPS.flatMap(([, commands]) => commands);

test('every command stands in one group, once, under its name in lower case', () => {
  expect(new Set(listed).size).toBe(listed.length);
  expect([...COMMANDS.keys()]).toEqual(listed.map(({ name }) => name));
  for (const { name } of listed) expect(name).toBe(name.toLowerCase());
});

test('every subcommand is named with its parent', () => {
  for (const command of listed) {
    for (const [word, sub] of command.subcommands ?? []) expect(sub.name).toBe(`${command.name}|${word}`);
  }
});

test('commands whose keys move say so; those that do not tell how have their first key where others have it', () => {
  const flagged = listed.filter(({ flags }) => flags.has('movablekeys'));
  expect(flagged.map(({ name }) => name)).toEqual(expect.arrayContaining([...MOVABLE_KEYS.keys()]));
  const rest = flagged.filter(({ name }) => !MOVABLE_KEYS.has(name));
  expect(rest.map(({ keys }) => keys[0])).toEqual(rest.map(() => 1));
});

test.each([
  ['zunion', (keys: string[]) => ['zunion', `${keys.length}`, ...keys]],
  ['bzmpop', (keys: string[]) => ['bzmpop', '0', `${keys.length}`, ...keys, 'MIN']],
  ['eval', (keys: string[]) => ['eval', 'return 1', `${keys.length}`, ...keys, 'argument']],
  ['xread', (keys: string[]) => ['xread', 'COUNT', '2', 'STREAMS', ...keys, ...keys.map(() => '0')]],
])('prop: the keys of %s are those that were counted', (name, request) => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 4 }), { minLength: 1, maxLength: 4 }), (keys) => {
      const plain = keys.map((key) => `k${key}`);
      expect(MOVABLE_KEYS.get(name)?.(request(plain))).toEqual(plain);
    }),
  );
});

test('a store command names its destination first', () => {
  expect(MOVABLE_KEYS.get('zunionstore')?.(['zunionstore', 'to', '2', 'a', 'b'])).toEqual(['to', 'a', 'b']);
});

test.each(['3', '-1', 'x', '9223372036854775807', ''])('a count of %j for two keys names none', (count) => {
  expect(MOVABLE_KEYS.get('zunion')?.(['zunion', count, 'a', 'b'])).toEqual([]);
});
