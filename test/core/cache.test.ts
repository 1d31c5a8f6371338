import { describe, expect, it } from 'vitest';
import { createLruCache } from '../../src/core/cache.js';
import { VirtualClock } from '../../src/core/clock.js';

describe('a bounded cache', () => {
  it('pushes out the least recently used entry and says so, but not for deletes', () => {
    const evicted: string[] = [];
    const cache = createLruCache<string, number>({ max: 2, onEvict: (key, value) => evicted.push(`${key}=${value}`) });
    cache.set('a', 1);
    cache.set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    cache.delete('a');
    expect([evicted, cache.size, [...cache.keys()]]).toEqual([['b=2'], 1, ['c']]);
  });

  it('peeks without counting as a use, pops the oldest and clears', () => {
    const cache = createLruCache<string, number>({ max: 3 });
    for (const [at, key] of ['a', 'b', 'c'].entries()) cache.set(key, at);
    expect([cache.peek('a'), cache.has('b'), cache.pop(), cache.size]).toEqual([0, true, 0, 2]);
    cache.clear();
    expect([cache.size, cache.pop()]).toEqual([0, undefined]);
  });

  it('forgets by the broker clock', () => {
    const clock = new VirtualClock();
    const cache = createLruCache<string, number>({ max: 2, ttlMs: 100, clock });
    cache.set('a', 1);
    clock.advanceTo(clock.now + 100);
    expect(cache.get('a')).toBe(1);
    clock.advanceTo(clock.now + 1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('takes hostile names as any other', () => {
    const cache = createLruCache<string, number>({ max: 5 });
    for (const name of ['__proto__', 'constructor', '', '\ud800']) cache.set(name, name.length);
    expect([cache.get('__proto__'), cache.get('constructor'), cache.get(''), cache.get('toString')]).toEqual([
      9,
      11,
      0,
      undefined,
    ]);
  });
});
