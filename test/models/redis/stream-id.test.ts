import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseStreamId,
  formatStreamId,
  hexOf,
  MAX_STREAM_ID,
  MIN_STREAM_ID,
  msOf,
  parseRangeEnd,
  parseRangeId,
  parseRangeStart,
  parseStreamId,
  parseWantedId,
  sequenceOf,
  streamId,
} from '../../../src/models/redis/stream-id.js';

const part = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('a stream identifier', () => {
  it('prop: reads back as it was written, and sorts by both parts', () => {
    fc.assert(
      fc.property(part, part, part, part, (a, b, c, d) => {
        const [one, other] = [streamId(a, b), streamId(c, d)];
        expect(parseStreamId(formatStreamId(one))).toBe(one);
        expect([msOf(one), sequenceOf(one)]).toEqual([a, b]);
        expect(one < other).toBe(a < c || (a === c && b < d));
        expect(hexOf(one) < hexOf(other)).toBe(one < other);
      }),
    );
  });

  it('stands for the first or the last of its millisecond without a sequence', () => {
    expect(formatStreamId(parseStreamId('0005'))).toBe('5-0');
    expect(formatStreamId(parseRangeId('5', 'last'))).toBe('5-18446744073709551615');
    expect([parseRangeId('-', 'first'), parseRangeId('+', 'last')]).toEqual([MIN_STREAM_ID, MAX_STREAM_ID]);
  });

  it.each(['', 'abc', '1-', '-1', '1-x', '18446744073709551616', '1-1-1', '-', `${'0'.repeat(130)}1`])(
    'is not %j',
    (text) => {
      expect(() => parseStreamId(text)).toThrow('Invalid stream ID');
    },
  );

  it('is left out of a range by a parenthesis, unless nothing lies beyond', () => {
    expect(formatStreamId(parseRangeStart('(1-1'))).toBe('1-2');
    expect(formatStreamId(parseRangeEnd('(2-0'))).toBe('1-18446744073709551615');
    expect(() => parseRangeStart(`(${formatStreamId(MAX_STREAM_ID)}`)).toThrow('invalid start ID');
    expect(() => parseRangeEnd('(0-0')).toThrow('invalid end ID');
    expect(() => parseRangeStart('(-')).toThrow('Invalid stream ID');
  });

  it.each([
    ['*', '5-1', 9, '9-0'],
    ['*', '9-1', 5, '9-2'],
    ['9-*', '9-1', 5, '9-2'],
    ['0-*', '0-0', 5, '0-1'],
    ['9-*', '5-1', 5, '9-0'],
    ['5-*', '5-18446744073709551615', 5, undefined],
    ['5-1', '5-1', 5, undefined],
    ['7', '5-1', 5, '7-0'],
  ])('%s after %s at %d is %s', (wanted, last, nowMs, id) => {
    const chosen = chooseStreamId(parseWantedId(wanted), parseStreamId(last), nowMs);
    expect(chosen === undefined ? undefined : formatStreamId(chosen)).toBe(id);
  });
});
