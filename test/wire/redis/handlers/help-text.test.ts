import { expect, test } from 'vitest';
import { HELP_TEXT } from '../../../../src/wire/redis/handlers/help-text.js';

test('each text begins with a usage, and what explains one is indented by four or six', () => {
  for (const [container, text] of Object.entries(HELP_TEXT)) {
    const lines = text.trim().split('\n');
    expect(lines[0], container).toMatch(/^[A-Z(]/);
    // A usage that goes on in the next line stands below its first word.
    for (const line of lines) expect(line, container).toMatch(/^(?:[A-Z(]| {4}\S| {6}\S| {9}\[).*\S$/);
  }
});
