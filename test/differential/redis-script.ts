/** Random scripts and functions, which call random commands or publish, for the programs of `redis-program`. */
import { createHash } from 'node:crypto';
import { form, type Make, maybe, oneOf, some, VALUES } from './redis-form.js';

const key = oneOf('k', 'l', 'kk', 'h1', 'l1', 's1', 'z1');
const channel = oneOf('x', 'y', 'xy');
const value = oneOf(...VALUES);

/** Runs what its arguments say. Its answer is that of the command, and as free. */
export const CALL = 'return redis.call(unpack(ARGV))';

const SOURCES = [
  "return redis.call('SET', KEYS[1], ARGV[1])",
  "return redis.call('GET', KEYS[1])",
  "redis.call('PUBLISH', ARGV[1], 'a') return redis.call('INCR', KEYS[1])",
  "redis.call('INCR', KEYS[1]) redis.call('PUBLISH', ARGV[1], 'b') return redis.call('SPUBLISH', ARGV[1], 'c')",
  "local n = redis.pcall('INCR', KEYS[1]) return {type(n), n, KEYS[1], ARGV[1], false, 3.7, {ok = 'fine'}}",
  "redis.call('SET', KEYS[1], 'v') error('own')",
  "return {err = 'MY own'}",
  "return redis.error_reply('own')",
  'return redis.status_reply(ARGV[1])',
  'return {1, {2, {ARGV[1]}}, nil, 4}',
  "redis.setresp(3) return redis.call('ZSCORE', KEYS[1], 'a')",
  "return redis.call('SUBSCRIBE', ARGV[1])",
  "return redis.acl_check_cmd('PUBLISH', ARGV[1], 'm')",
  'return cjson.encode({1, ARGV[1], {a = true}})',
  'return redis.sha1hex(ARGV[1])',
  'return nosuch',
  'return (',
  "#!lua flags=no-writes\nreturn redis.call('SET', KEYS[1], 'v')",
];
const source = oneOf(...SOURCES);
const digest: Make = (r) => [createHash('sha1').update(r.pick(SOURCES), 'latin1').digest('hex')];
const LIBRARY = `#!lua name=lib
redis.register_function('f', function(keys, args) return redis.call('SET', keys[1], args[1]) end)
redis.register_function{function_name = 'g', flags = {'no-writes'}, callback = function(keys, args)
  redis.call('ECHO', args[1]) return redis.call('GET', keys[1]) end}
redis.register_function('p', function(keys, args) return redis.call('PUBLISH', args[1], keys[1]) end)`;

/** @param commands what a script may call */
export function scripts(commands: readonly Make[]): Make[] {
  const call = form(oneOf('EVAL', 'EVAL', 'EVAL_RO'), CALL, '0', (r) => r.pick(commands)(r));
  return [
    form(oneOf('EVAL', 'EVAL_RO'), source, '1', key, channel),
    form('EVAL', source, '1', key, value),
    form('EVAL', source, oneOf('0', '1', '-1', 'x', '5'), some(key, 0, 2)),
    call,
    call,
    form('SCRIPT', 'LOAD', source),
    form(oneOf('EVALSHA', 'EVALSHA_RO'), digest, '1', key, channel),
    form('SCRIPT', 'EXISTS', some(digest, 1, 3)),
    form('SCRIPT', oneOf('FLUSH', 'KILL', 'FOO')),
    form('FUNCTION', 'LOAD', maybe(oneOf('REPLACE', 'FOO'), 0.5), oneOf(LIBRARY, LIBRARY, '#!lua name=bad', 'x')),
    form(oneOf('FCALL', 'FCALL', 'FCALL_RO'), oneOf('f', 'g', 'p', 'G', 'none'), '1', key, channel),
    form('FCALL', oneOf('f', 'p'), oneOf('0', 'x', '-1', '5'), some(key, 0, 2)),
    form('FUNCTION', oneOf('LIST', 'FLUSH', 'KILL', 'STATS', 'FOO')),
    form('FUNCTION', 'DELETE', oneOf('lib', 'none')),
  ];
}
