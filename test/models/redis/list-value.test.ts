import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ListValue } from '../../../src/models/redis/list-value.js';

const step = fc.oneof(
  fc.tuple(fc.constant('push' as const), fc.constantFrom('left' as const, 'right' as const), fc.string()),
  fc.tuple(fc.constant('pop' as const), fc.constantFrom('left' as const, 'right' as const), fc.constant('')),
  fc.tuple(fc.constant('insert' as const), fc.nat(20), fc.string()),
  fc.tuple(fc.constant('remove' as const), fc.nat(20), fc.constant('')),
  fc.tuple(fc.constant('trim' as const), fc.nat(5), fc.constant('')),
);

describe('a list', () => {
  it('prop: is an array, whatever is done at its ends and inside', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const list = new ListValue();
        let model: string[] = [];
        for (const [what, where, item] of steps) {
          if (what === 'push') {
            list.push(where, item);
            if (where === 'left') model.unshift(item);
            else model.push(item);
          } else if (what === 'pop') {
            expect(list.pop(where)).toBe(where === 'left' ? model.shift() : model.pop());
          } else if (what === 'insert' && where <= model.length) {
            list.insert(where, item);
            model.splice(where, 0, item);
          } else if (what === 'remove' && where < model.length) {
            list.removeAt(where);
            model.splice(where, 1);
          } else if (what === 'trim') {
            list.trim(where, where + 10);
            model = model.slice(where, where + 10);
          }
          expect(list.slice(0, list.length)).toEqual(model);
        }
        expect(list.bytes).toBe(ListValue.load(model).bytes);
        expect(list.isEmpty).toBe(model.length === 0);
        expect(list.clone().save()).toEqual(model);
      }),
      { numRuns: 100 },
    );
  });

  it('replaces in place and knows nothing outside', () => {
    const list = ListValue.load(['a', 'b']);
    list.replace(1, 'long');
    expect([list.at(-1), list.at(0), list.at(1), list.at(2)]).toEqual([undefined, 'a', 'long', undefined]);
    expect(list.bytes).toBe(ListValue.load(['a', 'long']).bytes);
  });
});
