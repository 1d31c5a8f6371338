import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Queue } from '../../../src/models/amqp/index.js';
import { DestinationSet } from '../../../src/models/amqp/match.js';
import { PatternTree } from '../../../src/models/amqp/pattern-tree.js';

const queue = (name: string) => ({ kind: 'queue', name }) as unknown as Queue;
const namesOf = (sets: readonly DestinationSet[] | undefined) =>
  (sets ?? []).flatMap((set) => set.match.queues.map(({ name }) => name));

it('names what each pattern leads to behind what was there first', () => {
  const tree = new PatternTree();
  for (const pattern of ['*.b', '#', 'a.#', 'x.#']) tree.add(pattern.split('.'), queue(pattern));
  const first = new DestinationSet();
  first.add(queue('first'));
  const [head, ...rest] = namesOf(tree.find('a.b', first));
  expect(head).toBe('first');
  expect(rest.sort()).toEqual(['#', '*.b', 'a.#']);
  expect(namesOf(tree.find('', undefined))).toEqual(['#']);
});

it('a pattern that two queues have stays until both are gone', () => {
  const tree = new PatternTree();
  const [one, two] = [queue('one'), queue('two')];
  for (const each of [one, two]) tree.add(['a', '*'], each);
  tree.remove(['a', '*'], one);
  expect(namesOf(tree.find('a.b', undefined))).toEqual(['two']);
  tree.remove(['a', '*'], two);
  expect([tree.find('a.b', undefined), tree.size]).toEqual([undefined, 0]);
});

it('prop: patterns that came and went leave nothing behind', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'd', '*', '#');
  const pattern = fc.array(word, { minLength: 1, maxLength: 4 });
  const key = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'x'), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 40 }), fc.array(key, { maxLength: 10 }), (patterns, keys) => {
      const used = new PatternTree();
      const fresh = new PatternTree();
      const left = new Map<string, readonly [words: readonly string[], queue: Queue]>();
      for (const words of patterns) {
        const name = words.join('.');
        const old = left.get(name);
        if (old) {
          used.remove(...old);
          left.delete(name);
        } else {
          const added = [words, queue(name)] as const;
          left.set(name, added);
          used.add(...added);
        }
      }
      for (const each of left.values()) fresh.add(...each);
      expect(used.size).toBe(fresh.size);
      for (const words of keys) {
        const text = words.join('.');
        expect(namesOf(used.find(text, undefined)).sort()).toEqual(namesOf(fresh.find(text, undefined)).sort());
      }
    }),
  );
});
