import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SortedSetValue } from '../../../src/models/redis/sorted-set-value.js';

describe('a sorted set', () => {
  it('prop: keeps members by score, then by bytes', () => {
    const score = fc.constantFrom(-Infinity, -1, 0, 1.5, 2, Infinity);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('', 'a', 'b', 'c', '\xff'), fc.option(score))), (steps) => {
        const sorted = new SortedSetValue();
        const model = new Map<string, number>();
        for (const [member, given] of steps) {
          if (given === null) expect(sorted.delete(member)).toBe(model.delete(member));
          else {
            expect(sorted.set(member, given)).toBe(!model.has(member));
            model.set(member, given);
          }
        }
        const wanted = [...model].sort((a, b) => (a[1] === b[1] ? (a[0] < b[0] ? -1 : 1) : a[1] < b[1] ? -1 : 1));
        expect(sorted.save()).toEqual(wanted);
        wanted.forEach(([member, at], rank) => {
          expect([sorted.score(member), sorted.rank(member)]).toEqual([at, rank]);
        });
        expect(sorted.rank('none')).toBeUndefined();
        expect(sorted.countWhile((entry) => entry.score < 1)).toBe(wanted.filter(([, at]) => at < 1).length);
        expect([sorted.size, sorted.isEmpty]).toEqual([model.size, model.size === 0]);
        expect(sorted.clone().bytes).toBe(sorted.bytes);
      }),
    );
  });
});
