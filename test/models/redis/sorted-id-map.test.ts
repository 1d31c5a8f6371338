import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SortedIdMap } from '../../../src/models/redis/sorted-id-map.js';

describe('a map sorted by identifier', () => {
  it('prop: is a sorted list of what was set and not deleted', () => {
    const id = fc.bigInt({ min: 0n, max: 60n });
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.option(fc.nat())), { maxLength: 200 }), id, (steps, start) => {
        const map = new SortedIdMap<number>();
        const model = new Map<bigint, number>();
        for (const [key, value] of steps) {
          if (value === null) expect(map.delete(key)).toBe(model.delete(key));
          else {
            map.set(key, value);
            model.set(key, value);
          }
        }
        const sorted = [...model].sort((a, b) => (a[0] < b[0] ? -1 : 1));
        expect([...map.from(start)]).toEqual(sorted.filter(([key]) => key >= start));
        expect([map.size, map.first, map.last]).toEqual([sorted.length, sorted[0]?.[0], sorted.at(-1)?.[0]]);
        for (const [key, value] of steps)
          expect(map.has(key)).toBe(model.has(key) || (value === null && model.has(key)));
      }),
    );
  });

  it('may lose entries while it is walked', () => {
    const map = new SortedIdMap<string>();
    for (let i = 1n; i <= 100n; i++) map.set(i, String(i));
    const seen: bigint[] = [];
    for (const [id] of map.from(0n)) {
      seen.push(id);
      map.delete(id);
      map.delete(id + 1n);
    }
    expect(seen).toHaveLength(50);
    expect(map.size).toBe(0);
  });
});
