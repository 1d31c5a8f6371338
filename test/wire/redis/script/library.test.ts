import { describe, expect, it } from 'vitest';
import { readFunctions, readLibrary } from '../../../../src/wire/redis/script/library.js';
import { RedisServer } from '../../../helpers/redis-server.js';

// Recorded from Redis 7.0.15, as are the refusals below.
it.each([
  ['return 1', 'ERR Missing library metadata'],
  ['#!lua name=lib', 'ERR Invalid library metadata'],
  ['#!lua\nx', 'ERR Library name was not given'],
  ['#!lua name=a name=b\nx', 'ERR Invalid metadata value, name argument was given multiple times'],
  ['#!lua foo=b\nx', 'ERR Invalid metadata value given: foo=b'],
  ['#!js name=lib\nx', "ERR Engine 'js' not found"],
  [
    '#!lua name=a-b\nx',
    'ERR Library names can only contain letters, numbers, or underscores(_) and must be at least one character long',
  ],
])('%j is refused', (code, line) => {
  expect(() => readLibrary(code)).toThrow(expect.objectContaining({ line }));
});

it('keeps the numbers of the lines', () => {
  expect(readLibrary('#!lua name=lib\nx')).toEqual({ name: 'lib', body: '\nx' });
});

it('reads what the prelude lists', () => {
  expect(readFunctions('f\x01\x02g\x01no-writes,allow-oom\x01what it does')).toEqual([
    { name: 'f', flags: [], description: undefined },
    { name: 'g', flags: ['no-writes', 'allow-oom'], description: 'what it does' },
  ]);
});

describe('a library', () => {
  it.each([
    ['x x', "Error compiling function: user_function:2: '=' expected near 'x'"],
    ['return 1', 'No functions registered'],
    [
      'redis.call("ping")',
      "Error registering functions: ERR user_function:2: Script attempted to access nonexistent global variable 'call'",
    ],
    [
      'redis.register_function()',
      'Error registering functions: ERR wrong number of arguments to redis.register_function',
    ],
    [
      'redis.register_function("f",1)',
      'Error registering functions: ERR second argument to redis.register_function must be a function',
    ],
    [
      'redis.register_function{function_name="f"}',
      'Error registering functions: ERR redis.register_function must get a callback argument',
    ],
    [
      'redis.register_function{callback=1}',
      'Error registering functions: ERR callback argument given to redis.register_function must be a function',
    ],
    ['redis.register_function{flags={"foo"}}', 'Error registering functions: ERR unknown flag given'],
    [
      'redis.register_function{foo=1}',
      'Error registering functions: ERR unknown argument given to redis.register_function',
    ],
    [
      'for i = 1, 2 do redis.register_function("f",function() end) end',
      'Error registering functions: ERR Function already exists in the library',
    ],
  ])('%j is refused', async (body, text) => {
    const server = new RedisServer({ version: '7.0' });
    await server.door.scripting.load();
    expect(server.connect().ask('FUNCTION', 'LOAD', `#!lua name=lib\n${body}`)).toBe(`-ERR ${text}\r\n`);
  });
});
