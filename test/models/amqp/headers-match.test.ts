import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Binding } from '../../../src/models/amqp/binding.js';
import { type FieldTable, type FieldValue, TypedField } from '../../../src/models/amqp/field-table.js';
import { HeadersMatcher, headerMatches } from '../../../src/models/amqp/headers-match.js';

const field = (tag: 'I' | 'l' | 'd' | 'T' | 'S' | 'x' | 'D', value: number | bigint | Uint8Array) =>
  new TypedField(tag, value);

/** Values of all kinds, many of them equal to others in one way or another. */
const VALUES: readonly FieldValue[] = [
  'a',
  '1',
  '',
  true,
  false,
  null,
  field('I', 1),
  field('l', 1),
  field('T', 1),
  field('d', 1),
  field('d', 1.5),
  field('I', 0),
  field('d', -0),
  field('d', Number.NaN),
  field('d', 2 ** 53),
  field('l', 2n ** 53n),
  field('l', 2n ** 53n + 1n),
  field('D', 1),
  field('S', new Uint8Array([0x61])),
  field('x', new Uint8Array([0x61])),
  ['a'],
  new Map([['a', 'a']]),
];

const anyTable = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'x-d'), fc.constantFrom(...VALUES), { maxKeys: 3 })
  .map((object): FieldTable => new Map(Object.entries(object)));
const anyMode = fc.constantFrom('all', 'any', 'all-with-x', 'any-with-x');

/** The plain loop over what one binding wants. */
function matches(args: FieldTable, headers: FieldTable, loose: boolean): boolean {
  const mode = args.get('x-match') as string;
  const wanted = [...args].filter(([name]) => (mode.endsWith('-with-x') ? name !== 'x-match' : !name.startsWith('x-')));
  const isThere = ([name, value]: readonly [string, FieldValue]) => {
    const actual = headers.get(name);
    return actual !== undefined && headerMatches(value, actual, loose);
  };
  return mode.startsWith('any') ? wanted.some(isThere) : wanted.every(isThere);
}

describe('HeadersMatcher', () => {
  it('prop: finds what a plain loop over all bindings finds, whatever comes and goes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyMode, anyTable, fc.boolean()), { maxLength: 12 }),
        fc.array(anyTable, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (bindings, messages, loose) => {
          const matcher = new HeadersMatcher(loose);
          const made = bindings.map(([mode, wanted, stays], n) => {
            const args: FieldTable = new Map([...wanted, ['x-match', mode]]);
            return { stays, binding: { arguments: args, destination: { kind: 'queue', name: `q${n}` } } as Binding };
          });
          for (const { binding } of made) matcher.add(binding);
          for (const { binding, stays } of made) if (!stays) matcher.remove(binding);
          const left = made.filter(({ stays }) => stays).map(({ binding }) => binding);
          for (const headers of messages) {
            const found = matcher.match('', { routingKey: '', properties: { headers } }).queues.map(({ name }) => name);
            const wanted = left.filter((binding) => matches(binding.arguments, headers, loose));
            expect(found.sort()).toEqual(wanted.map(({ destination }) => destination.name).sort());
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
