import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keySpec, locateKeys } from '../../../src/wire/redis/key-spec.js';

const find = (specs: string[], request: string, channels = false) => {
  const args = request.split(' ');
  return locateKeys(specs.map(keySpec), args, channels)?.map(({ at }) => args[at]);
};

describe('a key specification', () => {
  test('is read from its written form', () => {
    expect(keySpec('RO access STREAMS@4..-1%2 -- it depends')).toEqual({
      flags: ['RO', 'access'],
      place: { keyword: 'STREAMS', at: 4, counted: false, last: -1, step: 1, limit: 2 },
      notes: 'it depends',
    });
    expect(keySpec('OW update ?')).toEqual({ flags: ['OW', 'update'], place: undefined, notes: undefined });
  });

  test.each([
    ['RO @1', 'get a b', ['a']],
    ['RO @1..1', 'lcs a b c', ['a', 'b']],
    ['RO @1..-1', 'mget a b', ['a', 'b']],
    ['RW @1..-2', 'blpop a b 0', ['a', 'b']],
    ['OW @1..-1/2', 'mset a 1 b 2', ['a', 'b']],
    ['OW @1..-1/2', 'mset a 1 b', ['a', 'b']],
    ['RO @1#', 'zunion 2 a b c', ['a', 'b']],
    ['RO @2#', 'eval x 1 a b', ['a']],
    ['RO STREAMS@1..-1%2', 'xread COUNT 1 streams a b 0 0', ['a', 'b']],
    ['RO STREAMS@1..-1%2', 'xread STREAMS a b 0', ['a']],
    ['OW STORE@6', 'georadius k 1 1 1 m STORE to', ['to']],
    // A word that is missing, or the last, announces nothing.
    ['OW STORE@6', 'georadius k 1 1 1 m STORE', []],
    ['RO STREAMS@1..-1%2', 'xread 1 2 3', []],
    // A word before the place where it may stand is another argument.
    ['RO STREAMS@4..-1%2', 'xreadgroup GROUP STREAMS c STREAMS a >', ['a']],
    ['not_key @1', 'spublish a m', []],
  ])('%s finds in "%s" the keys %j', (spec, request, keys) => {
    expect(find([spec], request)).toEqual(keys);
  });

  test.each([
    ['RO ?', 'sort a'],
    ['RO @1#', 'zunion 3 a b'],
    ['RO @1#', 'zunion x a'],
    ['RO @1#', 'zunion -1 a'],
    ['RO @1#', 'zunion 0 a'],
    ['RO STREAMS@1..-1%2', 'xread STREAMS a'],
    ['RW incomplete KEYS@-2..-1', 'migrate h 1 "" 0 1 KEYS a b'],
  ])('%s cannot tell the keys of "%s"', (spec, request) => {
    expect(find([spec], request)).toBeUndefined();
  });

  test('adds what each tells, shard channels if they are asked for', () => {
    expect(find(['RO access @1', 'OW update @2'], 'copy a b')).toEqual(['a', 'b']);
    expect(find(['not_key @1..-1'], 'ssubscribe a b', true)).toEqual(['a', 'b']);
  });

  test('prop: keys that are counted are those behind the count', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.array(fc.string()), (keys, more) => {
        const args = ['zunion', String(keys.length), ...keys, ...more];
        const found = locateKeys([keySpec('RO @1#')], args);
        expect(found?.map(({ at }) => args[at])).toEqual(keys);
      }),
    );
  });
});
