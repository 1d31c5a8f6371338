import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Collection, ELEMENT_OVERHEAD } from '../../../src/models/redis/collection.js';
import { HashValue } from '../../../src/models/redis/hash-value.js';
import { ListValue } from '../../../src/models/redis/list-value.js';
import { SetValue } from '../../../src/models/redis/set-value.js';
import { SortedSetValue } from '../../../src/models/redis/sorted-set-value.js';
import { StreamValue } from '../../../src/models/redis/stream-value.js';

/** One change of a collection: adds or removes by a name of a small pool. */
interface Step {
  readonly add: boolean;
  readonly name: string;
  readonly content: string;
}

interface Kind<Value extends Collection> {
  readonly make: () => Value;
  readonly load: (saved: unknown) => Value;
  readonly apply: (value: Value, step: Step) => void;
  /** Bytes of what is in it, from what is saved. */
  readonly bytes: (value: Value) => number;
}

const kind = <Value extends Collection>(given: Kind<Value>) => given as unknown as Kind<Collection>;
const sum = (texts: Iterable<string>, each = ELEMENT_OVERHEAD) =>
  [...texts].reduce((all, text) => all + text.length + each, 0);

const KINDS: ReadonlyArray<readonly [string, Kind<Collection>]> = [
  [
    'hash',
    kind({
      make: () => new HashValue(),
      load: HashValue.load,
      apply: (hash, { add, name, content }) => void (add ? hash.set(name, content) : hash.delete(name)),
      bytes: (hash) => sum([...hash.entries()].map(([field, content]) => field + content)),
    }),
  ],
  [
    'list',
    kind({
      make: () => new ListValue(),
      load: ListValue.load,
      apply: (list, { add, name, content }) => {
        const side = name === 'a' ? 'left' : 'right';
        if (add) list.push(side, content);
        else list.pop(side);
      },
      bytes: (list) => sum(list.save() as string[]),
    }),
  ],
  [
    'set',
    kind({
      make: () => new SetValue(),
      load: SetValue.load,
      apply: (set, { add, name }) => void (add ? set.add(name) : set.delete(name)),
      bytes: (set) => sum(set.members()),
    }),
  ],
  [
    'zset',
    kind({
      make: () => new SortedSetValue(),
      load: SortedSetValue.load,
      apply: (set, { add, name, content }) => void (add ? set.set(name, content.length) : set.delete(name)),
      bytes: (set) =>
        sum(
          set.ordered().map(({ member }) => member),
          ELEMENT_OVERHEAD + 8,
        ),
    }),
  ],
  [
    'stream',
    kind({
      make: () => new StreamValue(),
      load: StreamValue.load,
      apply: (stream, { add, name, content }) => {
        if (add) stream.append({ id: stream.lastId + 1n, fields: [name, content] }, { entries: 3, bytes: 0 });
        else stream.delete(name === 'a' ? stream.firstId : (stream.lastEntryId ?? 0n));
      },
      bytes: (stream) =>
        sum(
          stream.range(0n, stream.lastId).map(({ fields }) => fields.join('')),
          ELEMENT_OVERHEAD + 16,
        ),
    }),
  ],
];

const step: fc.Arbitrary<Step> = fc.record({
  add: fc.boolean(),
  name: fc.constantFrom('a', 'bb', '', '__proto__'),
  content: fc.string({ maxLength: 6 }),
});

describe.each(KINDS)('a %s', (type, { make, load, apply, bytes }) => {
  test('prop: knows its bytes, is empty without elements, and shares nothing with its copies', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.array(step, { maxLength: 5 }), (steps, later) => {
        const value = make();
        for (const each of steps) apply(value, each);
        expect([value.type, value.bytes]).toEqual([type, bytes(value)]);
        expect(value.isEmpty).toBe(type !== 'stream' && bytes(value) === 0);
        const [saved, copy, loaded] = [structuredClone(value.save()), value.clone(), load(value.save())];
        for (const each of later) apply(value, each);
        for (const kept of [copy, loaded]) {
          expect(kept.save()).toEqual(saved);
          expect(kept.bytes).toBe(bytes(kept));
        }
      }),
      { numRuns: 300 },
    );
  });
});
