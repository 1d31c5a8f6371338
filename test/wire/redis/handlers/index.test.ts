import { expect, test } from 'vitest';
import { COMMAND_GROUPS, COMMANDS } from '../../../../src/wire/redis/handlers/index.js';

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

test('commands whose keys move say so', () => {
  for (const { name, flags, keySpecs } of listed) {
    const moves = keySpecs.some(({ place }) => !place || place.keyword !== undefined || place.counted);
    expect(flags.has('movablekeys'), name).toBe(moves);
  }
});
