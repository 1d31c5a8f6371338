import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Binding } from '../../../src/models/amqp/binding.js';
import { TopicTrie } from '../../../src/models/amqp/topic-trie.js';

const binding = (routingKey: string) =>
  ({ routingKey, destination: { kind: 'queue', name: routingKey } }) as unknown as Binding;
const namesOf = (trie: TopicTrie, key: string) => trie.match(key).queues.map(({ name }) => name);

/** Plain recursion over words. */
function matches(pattern: readonly string[], key: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return key.length === 0;
  if (head === '#') return matches(rest, key) || (key.length > 0 && matches(pattern, key.slice(1)));
  return key.length > 0 && (head === '*' || head === key[0]) && matches(rest, key.slice(1));
}

const split = (text: string) => (text === '' ? [] : text.split('.'));
const text = (words: readonly string[]) =>
  fc.array(fc.constantFrom(...words), { maxLength: 5 }).map((some) => some.join('.'));

describe('TopicTrie', () => {
  it('prop: says the same as plain recursion, however often it is asked and whatever comes and goes in between', () => {
    const pattern = text(['a', 'b', 'c', 'dd', '', '*', '#']);
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 40 }),
        fc.array(text(['a', 'b', 'x', 'dd', '']), { maxLength: 8 }),
        (patterns, keys) => {
          const trie = new TopicTrie();
          const bound = new Map<string, Binding>();
          const check = () => {
            for (const key of [...keys, ...keys, ...keys]) {
              const wanted = [...bound.keys()].filter((each) => matches(split(each), split(key)));
              expect(namesOf(trie, key).sort()).toEqual(wanted.sort());
            }
          };
          for (const each of patterns) {
            const old = bound.get(each);
            if (old) {
              trie.remove(old);
              bound.delete(each);
            } else {
              bound.set(each, binding(each));
              trie.add(bound.get(each) as Binding);
            }
            check();
          }
          for (const old of bound.values()) trie.remove(old);
          bound.clear();
          check();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('names a queue once that several patterns lead to', () => {
    const trie = new TopicTrie();
    const destination = { kind: 'queue', name: 'q' };
    for (const routingKey of ['a.b', 'a.*', 'a.#', '#', '#.b', '#.#']) {
      trie.add({ routingKey, destination } as unknown as Binding);
    }
    expect(namesOf(trie, 'a.b')).toEqual(['q']);
  });

  it('stays fast where many # could share the words among them in many ways', () => {
    const trie = new TopicTrie();
    trie.add(binding(`${'#.a.'.repeat(30)}#.end`));
    expect(namesOf(trie, Array(120).fill('a').join('.'))).toEqual([]);
    expect(namesOf(trie, `${Array(120).fill('a').join('.')}.end`)).toHaveLength(1);
  });
});
