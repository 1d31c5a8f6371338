import { expect, test } from 'vitest';
import { ALIASES, PARAMETERS } from '../../../src/models/redis/parameter.js';
import { canonicalValue } from '../../../src/models/redis/parameter-value.js';

test('every parameter takes the value that it has in a fresh server, and shows it unchanged', () => {
  for (const [name, [value, kind]] of PARAMETERS) {
    if (kind.kind === 'fixed' || kind.kind === 'protected') continue;
    expect([name, canonicalValue(kind, value)]).toEqual([name, value]);
  }
});

test('every older name stands for a parameter, and is none itself', () => {
  for (const [old, name] of ALIASES) expect([PARAMETERS.has(old), PARAMETERS.has(name)]).toEqual([false, true]);
});
