import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashValue } from '../../../src/models/redis/hash-value.js';

describe('a hash', () => {
  it('prop: holds what a map holds, and counts its bytes', () => {
    const field = fc.constantFrom('__proto__', 'constructor', '', 'a', 'b');
    fc.assert(
      fc.property(fc.array(fc.tuple(field, fc.option(fc.string()))), (steps) => {
        const hash = new HashValue();
        const model = new Map<string, string>();
        for (const [name, content] of steps) {
          if (content === null) expect(hash.delete(name)).toBe(model.delete(name));
          else {
            expect(hash.set(name, content)).toBe(!model.has(name));
            model.set(name, content);
          }
          expect(hash.get(name)).toBe(model.get(name));
          expect(hash.has(name)).toBe(model.has(name));
        }
        expect([...hash.entries()]).toEqual([...model]);
        expect([hash.size, hash.isEmpty]).toEqual([model.size, model.size === 0]);
        expect(hash.clone().bytes).toBe(hash.bytes);
      }),
    );
  });
});
