import { expect, test } from 'vitest';
import { splitInline } from '../../../src/wire/redis/inline.js';

test('splits at white space', () => {
  expect(splitInline('SET  k\tv ')).toEqual(['SET', 'k', 'v']);
  expect(splitInline('   ')).toEqual([]);
});

test('reads quotes and escapes', () => {
  expect(splitInline("a \"b c\" 'd \\' e'")).toEqual(['a', 'b c', "d ' e"]);
  expect(splitInline('"\\x41\\n\\r\\t\\b\\a\\q\\""')).toEqual(['A\n\r\t\b\x07q"']);
  expect(splitInline('k"v"')).toEqual(['kv']);
  expect(splitInline('""')).toEqual(['']);
});

test('refuses quotes that are not balanced', () => {
  for (const line of ['"a', "'a", '"a"b', "'a'b", 'x"']) expect(splitInline(line)).toBeUndefined();
});
