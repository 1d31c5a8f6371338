import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  HashValue,
  ListValue,
  RedisConfig,
  type RedisValue,
  type RedisVersion,
  SetValue,
  SortedSetValue,
  settleEncoding,
} from '../../../src/models/redis/index.js';
import { dumpValue as dump, isDump, restoreValue } from '../../../src/wire/redis/rdb-value.js';

const item = fc.oneof(fc.integer().map(String), fc.constantFrom('', 'a', 'ab'.repeat(50), '0.1', '\xff\x00'));
const items = fc.array(item, { minLength: 1, maxLength: 200 });

function dumpValue(value: RedisValue, version: RedisVersion): string {
  settleEncoding(value, new RedisConfig({ version }));
  return dump(value, version);
}

describe('a value in RDB form', () => {
  it('prop: comes back', () => {
    fc.assert(
      fc.property(items, fc.constantFrom('7.0', '7.2'), (content, version) => {
        const values = [
          content.join(''),
          ListValue.load(content),
          SetValue.load(content),
          HashValue.load(content.map((field, i) => [field, String(i)])),
          SortedSetValue.load(content.map((member, i) => [member, i / 3])),
        ];
        for (const value of values) {
          const payload = dumpValue(value, version) as string;
          expect(isDump(payload, version)).toBe(true);
          const back = restoreValue(payload);
          // An intset is ordered.
          if (value instanceof SetValue) {
            expect([...(back as SetValue).members()].sort()).toEqual([...value.members()].sort());
          } else
            expect(typeof back === 'string' ? back : back?.save()).toEqual(
              typeof value === 'string' ? value : value.save(),
            );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is what Redis 7.0.15 writes', () => {
    const hex = (payload: string | undefined) => Buffer.from(payload as string, 'latin1').toString('hex');
    expect(hex(dumpValue('a'.repeat(100), '7.0'))).toBe('00c3094064016161e057000161610a00e8a3b507b06df271');
    expect(hex(dumpValue('1234', '7.0'))).toBe('00c1d2040a00008708a144825ced');
    expect(
      hex(
        dumpValue(
          HashValue.load([
            ['f', 'v'],
            ['g', '12'],
            ['k', '-5000'],
          ]),
          '7.0',
        ),
      ),
    ).toBe('10191900000006008166028176028167020c01816b02f178ec03ff0a00ac70478eaf0bfcb0');
    expect(hex(dumpValue(SetValue.load(['3', '1', '2']), '7.0'))).toBe(
      '0b0e02000000030000000100020003000a00a5025ce26d6e4d1b',
    );
    expect(
      hex(
        dumpValue(
          SortedSetValue.load([
            ['a', 1],
            ['b', 0.1],
          ]),
          '7.0',
        ),
      ),
    ).toBe('11c31b240d24000000040081620293302e3130e005000731148161020101ff0a003c737dd9809c7e98');
    expect(hex(dumpValue(ListValue.load(['a', '300', '70000']), '7.0'))).toBe(
      '12010212120000000300816102c12c02f270110104ff0a009e94b2a706445672',
    );
  });

  it('prop: any payload is judged, never thrown at', () => {
    const good = dumpValue(HashValue.load([['f', 'v']]), '7.0') as string;
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
        const bad = good.slice(0, at) + String.fromCharCode(byte) + good.slice(at + 1);
        expect(isDump(bad, '7.0')).toBe(bad === good);
        restoreValue(bad);
      }),
    );
    expect(isDump(dumpValue('x', '7.2') as string, '7.0')).toBe(false);
  });
});
