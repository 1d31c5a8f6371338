import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SetValue } from '../../../src/models/redis/set-value.js';

describe('a set', () => {
  it('prop: holds what a set holds, and counts its bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.constantFrom('', '__proto__', 'a', 'b', 'c'))), (steps) => {
        const set = new SetValue();
        const model = new Set<string>();
        for (const [adds, member] of steps) {
          if (adds) {
            expect(set.add(member)).toBe(!model.has(member));
            model.add(member);
          } else expect(set.delete(member)).toBe(model.delete(member));
          expect(set.has(member)).toBe(model.has(member));
        }
        expect([...set.members()].sort()).toEqual([...model].sort());
        expect([set.size, set.isEmpty]).toEqual([model.size, model.size === 0]);
        expect(set.clone().bytes).toBe(set.bytes);
      }),
    );
  });
});
