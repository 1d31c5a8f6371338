import { expect, test } from 'vitest';
import { KEY_SPECS_OF, TIPS_OF } from '../../../src/wire/redis/command-table.js';
import { COMMANDS } from '../../../src/wire/redis/handlers/index.js';

const FLAGS = /^(?:RO|RW|OW|RM|access|update|insert|delete|not_key|incomplete|variable_flags)$/;
const TIPS = /^(?:nondeterministic_output(?:_order)?|request_policy:\w+|response_policy:\w+)$/;

test('every specification is well formed: how the key is used, and where it is', () => {
  for (const [name, specs] of KEY_SPECS_OF) {
    for (const { flags, place } of specs) {
      for (const flag of flags) expect(flag, name).toMatch(FLAGS);
      expect(place === undefined || Number.isInteger(place.at), name).toBe(true);
    }
  }
});

test('tips are of the known kinds', () => {
  for (const tips of TIPS_OF.values()) for (const tip of tips) expect(tip).toMatch(TIPS);
});

test('commands that write keys say so in their flags, those that only read them do not', () => {
  for (const command of COMMANDS.values()) {
    const used = new Set(command.keySpecs.flatMap(({ flags }) => flags));
    const writes = ['RW', 'OW', 'RM'].some((flag) => used.has(flag)) && !command.categories.includes('scripting');
    if (writes && command.name !== 'pfcount') expect(command.flags.has('write'), command.name).toBe(true);
    if (command.flags.has('readonly') && command.keySpecs.length > 0 && command.name !== 'pfcount') {
      expect(used.has('RO'), command.name).toBe(true);
    }
  }
});
