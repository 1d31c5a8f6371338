import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WordTable } from '../../../src/models/amqp/word-table.js';

function read(table: WordTable, key: string): number[] {
  const ids: number[] = [];
  expect(table.read(key, ids)).toBe(ids.length);
  return ids;
}

describe('WordTable', () => {
  it('finds the words of a key where they stand, unknown ones as 0', () => {
    const table = new WordTable();
    const [a, bc] = [table.add('a'), table.add('bc')];
    expect(read(table, 'bc.x.a..a')).toEqual([bc, 0, a, 0, a]);
    expect(read(table, '')).toEqual([]);
    expect(read(table, 'b.c')).toEqual([0, 0]);
  });

  it('prop: words have a number of their own as long as they are in use', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'ü', '\u{1f600}'), maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), word), { maxLength: 300 }), (steps) => {
        const table = new WordTable();
        const uses = new Map<string, number>();
        for (const [adds, each] of steps) {
          const count = uses.get(each) ?? 0;
          if (adds) table.add(each);
          else if (count > 0) table.remove(each);
          else continue;
          uses.set(each, count + (adds ? 1 : -1));
        }
        const used = [...uses].filter(([, count]) => count > 0).map(([each]) => each);
        const ids: number[] = [];
        if (used.length > 0) table.read(used.join('.'), ids);
        expect(table.size).toBe(used.length);
        // A key that is one empty word has no words at all.
        if (used.join('.') !== '') expect(new Set(ids.filter((id) => id !== 0)).size).toBe(used.length);
      }),
    );
  });

  it('forgets words without use, and gives their numbers out again', () => {
    const table = new WordTable();
    for (let n = 0; n < 1_000; n++) {
      expect(table.add(`w${n}`)).toBe(1);
      expect(table.remove(`w${n}`)).toBe(1);
    }
    expect(read(table, 'w999')).toEqual([0]);
    expect(table.size).toBe(0);
  });
});
