import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { OPTIONS, parseCommand } from '../../src/cli/options.js';
import { HELP, UsageError, VERSION } from '../../src/cli/usage.js';

it('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(version);
});

it('the help names every option', () => {
  for (const name of Object.keys(OPTIONS)) expect(HELP).toMatch(new RegExp(`^ {2}(-\\w, )?--${name}( |$)`, 'm'));
});

it('every option in the help is one that is known', () => {
  const named = [...HELP.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name as string);
  expect(named.length).toBeGreaterThanOrEqual(8);
  for (const name of named) {
    try {
      parseCommand([name]);
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      expect((error as Error).message).not.toContain('unknown');
    }
  }
});
