import { expect, test } from 'vitest';
import { dumpLibraries, readLibraries } from '../../../src/wire/redis/rdb-function.js';
import { isDump, sealed } from '../../../src/wire/redis/rdb-value.js';

const LIBRARIES = [
  `#!lua name=lib
redis.register_function("f", function(keys, args) return redis.call("get", keys[1]) end)
redis.register_function("g", function(keys, args) return redis.call("set", keys[1], args[1]) end)
`,
  `#!lua name=a
redis.register_function("a", function() end)`,
];

/** What FUNCTION DUMP of Redis 7.0.15 answered. */
const RECORDED = Buffer.from(
  '9cNAdkDKHyMhbHVhIG5hbWU9bGliCnJlZGlzLnJlZ2lzdGVyX2Z1C25jdGlvbigiZiIsIOAADRFrZXlzLCBhcmdzKS' +
    'ByZXR1cm4gBkA4CGNhbGwoImdldCAtQCQIWzFdKSBlbmQp4BFYAGcgKuAfWABz4ANYgIDAYQEpCvU5IyFsdWEgbmFt' +
    'ZT1hCnJlZGlzLnJlZ2lzdGVyX2Z1bmN0aW9uKCJhIiwgZnVuY3Rpb24oKSBlbmQpCgDwxgL87Nd8xw==',
  'base64',
).toString('latin1');

test('libraries are dumped byte for byte as Redis does, and read again', () => {
  expect(dumpLibraries(LIBRARIES, '7.0')).toBe(RECORDED);
  expect(isDump(RECORDED, '7.2')).toBe(true);
  expect(readLibraries(RECORDED)).toEqual(LIBRARIES);
  expect(readLibraries(dumpLibraries([], '7.2'))).toEqual([]);
});

test('what is no library is refused, and half of one', () => {
  expect(() => readLibraries(sealed('\x00\x01k', '7.0'))).toThrow('given type is not a function');
  expect(() => readLibraries(sealed('\xf5\x09abc', '7.0'))).toThrow('Failed loading library payload');
});
