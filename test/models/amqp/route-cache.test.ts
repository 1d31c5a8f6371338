import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import type { Match } from '../../../src/models/amqp/match.js';
import { RouteCache } from '../../../src/models/amqp/route-cache.js';

/** A cache and how often it had to ask. */
function setUp() {
  const cache = new RouteCache();
  const asked: string[] = [];
  const find = (key: string): Match => {
    asked.push(key);
    return { queues: [], exchanges: [] };
  };
  return { cache, asked, match: (key: string) => cache.match(key, find) };
}

describe('RouteCache', () => {
  it('remembers a key from its second use on', () => {
    const { asked, match } = setUp();
    const [, second, third] = [match('k'), match('k'), match('k')];
    expect(asked).toEqual(['k', 'k']);
    expect(third).toBe(second);
  });

  it('asks again once the bindings have changed', () => {
    const { cache, asked, match } = setUp();
    for (let n = 0; n < 3; n++) match('k');
    cache.invalidate();
    match('k');
    expect(asked).toHaveLength(3);
  });

  it('keeps what is used often through any number of keys that never repeat', () => {
    const { asked, match } = setUp();
    for (let n = 0; n < 100_000; n++) match(n % 2 === 0 ? 'hot' : `once-${n}`);
    expect(asked.filter((key) => key === 'hot')).toHaveLength(2);
  });

  it('gives the place of a key to another that wants it, and never the match of one to the other', () => {
    const cache = new RouteCache();
    const matches = new Map<string, Match>();
    const find = (key: string): Match => {
      const match = { queues: [], exchanges: [] };
      matches.set(key, match);
      return match;
    };
    const wrong: string[] = [];
    // Many more than there are places.
    for (let n = 0; n < 600_000; n++) {
      const key = `k${(n >> 1) % 150_000}`;
      if (cache.match(key, find) !== matches.get(key)) wrong.push(key);
    }
    expect(wrong).toEqual([]);
  });

  it('comes to keep tens of thousands of keys, however seldom each of them is used', () => {
    const { asked, match } = setUp();
    const random = new Random(1);
    for (let n = 0; n < 1_000_000; n++) match(`key-${random.int(40_000)}`);
    asked.length = 0;
    for (let n = 0; n < 10_000; n++) match(`key-${random.int(40_000)}`);
    expect(asked.length).toBeLessThan(5_000);
  });

  it('keeps no more than a million destinations', () => {
    const cache = new RouteCache();
    const asked: string[] = [];
    const find = (key: string): Match => {
      asked.push(key);
      return { queues: new Array(400_000), exchanges: [] };
    };
    const match = (keys: string) => {
      asked.length = 0;
      for (const key of keys) cache.match(key, find);
      return asked.join('');
    };
    expect([match('aabb'), match('ab')]).toEqual(['aabb', '']);
    expect([match('cc'), match('abab')]).toEqual(['cc', 'ab']);
  });

  it('rests where few keys repeat, and wakes up when they do', () => {
    const { asked, match } = setUp();
    for (let n = 0; n < 1_024; n++) match(`once-${n}`);
    for (let n = 0; n < 100; n++) match('hot');
    expect(asked.filter((key) => key === 'hot')).toHaveLength(100);
    for (let n = 0; n < 20_000; n++) match('hot');
    asked.length = 0;
    for (let n = 0; n < 1_000; n++) match('hot');
    expect(asked).toEqual([]);
  });

  it('tries and rests twice as long after a trial that failed', () => {
    const { asked, match } = setUp();
    for (let n = 0; n < 1_024 + 16_384 + 2_048; n++) match(`once-${n}`);
    asked.length = 0;
    for (let n = 0; n < 40_000; n++) match('hot');
    expect(asked).toHaveLength(32_768 + 2);
  });
});
