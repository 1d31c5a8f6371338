import { beforeAll, describe, expect, it } from 'vitest';
import { LuaEngine } from '../../../../src/wire/redis/script/engine.js';
import { CALL_ERROR } from '../../../../src/wire/redis/script/prelude.js';
import { toBuffer } from '../../../../src/wire/redis/script/reply-value.js';

let engine: LuaEngine;
const calls: string[][] = [];

beforeAll(async () => {
  const call = (args: readonly string[]) => {
    calls.push([...args]);
    return args[0] === 'fail' ? { err: toBuffer(`${CALL_ERROR}MY reason`) } : toBuffer('\xff');
  };
  engine = (await LuaEngine.load({ call, setProtocol: () => undefined }, '7.0')) as LuaEngine;
});

describe('the Lua interpreter', () => {
  it('gives a script keys and arguments as bytes and takes bytes back', () => {
    const outcome = engine.run('return redis.call("echo", KEYS[1], ARGV[1], 1.5, #ARGV)', ['k'], ['\x00\xfe'], 2);
    expect(outcome).toEqual({ kind: 'returned', reply: '$1\r\n\xff\r\n' });
    expect(calls.at(-1)).toEqual(['echo', 'k', '\x00\xfe', '1.5', '1']);
    engine.run('redis.call(1e15, 0.1, 2^53)', [], [], 2);
    expect(calls.at(-1)).toEqual(['1000000000000000', '0.10000000000000001', '9007199254740992']);
  });

  it('says what the compiler found', () => {
    expect(engine.compile('return 1')).toBeUndefined();
    expect(engine.compile('x x')).toBe("user_script:1: '=' expected near 'x'");
  });

  it('stops a script that goes on past its budget, and pcall does not catch that', () => {
    expect(engine.run('\nwhile true do end', [], [], 2)).toEqual({ kind: 'endless', line: '2' });
    expect(engine.run('pcall(function() while true do end end) return 1', [], [], 2)).toMatchObject({
      kind: 'endless',
    });
    expect(engine.run('return 1', [], [], 2)).toEqual({ kind: 'returned', reply: ':1\r\n' });
  });

  it('tells the line of a failed call, which carries its own code', () => {
    const failed = { kind: 'failed', text: 'MY reason', line: '2', counted: true };
    expect(engine.run('\nreturn redis.call("fail")', [], [], 2)).toEqual(failed);
  });
});
