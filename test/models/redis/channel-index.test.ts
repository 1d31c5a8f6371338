import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChannelIndex } from '../../../src/models/redis/channel-index.js';
import { globMatch } from '../../../src/models/redis/glob.js';

describe('ChannelIndex', () => {
  test('keeps members in the order in which they subscribed, once each', () => {
    const index = new ChannelIndex<string>();
    for (const member of ['b', 'a', 'b']) index.subscribe('x', member);
    expect([...(index.members('x') ?? [])]).toEqual(['b', 'a']);
    expect([...index.channels]).toEqual(['x']);
  });

  test('forgets a channel and a pattern with their last member', () => {
    const index = new ChannelIndex<string>();
    index.subscribe('x', 'a');
    index.psubscribe('x*', 'a');
    index.psubscribe('x*', 'b');
    index.unsubscribe('x', 'a');
    index.punsubscribe('x*', 'a');
    expect(index.channelCount).toBe(0);
    expect(index.patternCount).toBe(1);
    index.punsubscribe('x*', 'b');
    index.punsubscribe('x*', 'b');
    index.unsubscribe('nope', 'b');
    expect(index.patternCount).toBe(0);
    expect(index.match('xy')).toEqual([]);
  });

  test('tells patterns in the order in which they first appeared', () => {
    const index = new ChannelIndex<string>();
    for (const pattern of ['*b', 'a*', '?b', 'ab', '[a]b']) index.psubscribe(pattern, 'm');
    expect(index.match('ab').map(({ pattern }) => pattern)).toEqual(['*b', 'a*', '?b', 'ab', '[a]b']);
  });

  test('prop: finds what a scan of all patterns finds', () => {
    const word = fc.array(fc.constantFrom(...'ab.*?[]^-\\'), { maxLength: 6 }).map((chars) => chars.join(''));
    const change = fc.record({ subscribe: fc.boolean(), pattern: word, member: fc.constantFrom('m', 'n') });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), word, (changes, channel) => {
        const index = new ChannelIndex<string>();
        const plain = new Map<string, Set<string>>();
        for (const { subscribe, pattern, member } of changes) {
          if (subscribe) {
            index.psubscribe(pattern, member);
            plain.set(pattern, (plain.get(pattern) ?? new Set()).add(member));
          } else {
            index.punsubscribe(pattern, member);
            const members = plain.get(pattern);
            members?.delete(member);
            if (members?.size === 0) plain.delete(pattern);
          }
        }
        const found = index.match(channel).map(({ pattern, members }) => [pattern, [...members].sort()]);
        const expected = [...plain].filter(([pattern]) => globMatch(pattern, channel));
        const sorted = expected.map(([pattern, members]) => [pattern, [...members].sort()]);
        expect(found.sort()).toEqual(sorted.sort());
        expect(index.patternCount).toBe(plain.size);
      }),
      { numRuns: 1_000 },
    );
  });

  test('looks only at patterns whose literal part fits', () => {
    const timeOf = (patternCount: number) => {
      const index = new ChannelIndex<string>();
      for (let i = 0; i < patternCount; i++) index.psubscribe(`user.${i}.*`, 'm');
      const started = performance.now();
      let found = 0;
      for (let i = 0; i < 500; i++) found += index.match('user.7.of.8').length;
      expect(found).toBe(500);
      return performance.now() - started;
    };
    // A scan would cost a thousand times as much.
    expect(timeOf(20_000)).toBeLessThan(100 * timeOf(20) + 50);
  });
});
