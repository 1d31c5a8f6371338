import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { bindingIdentity, canonicalText } from '../../../src/models/amqp/binding.js';
import { type FieldValue, TypedField } from '../../../src/models/amqp/field-table.js';

it('values are the same with their types only, and tables in any order of their keys', () => {
  expect(canonicalText(new TypedField('l', 1))).not.toBe(canonicalText(new TypedField('I', 1)));
  expect(canonicalText('1')).not.toBe(canonicalText(new TypedField('I', 1)));
  const table = (...keys: string[]) => new Map<string, FieldValue>(keys.map((key) => [key, key]));
  expect(canonicalText(table('a', 'b'))).toBe(canonicalText(table('b', 'a')));
  expect(canonicalText(['a', 'b'])).not.toBe(canonicalText(['b', 'a']));
});

it('prop: no two bindings share an identity, however their names are cut', () => {
  const text = fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'q', ':', '1', '2') });
  const binding = fc.record({ kind: fc.constantFrom('queue', 'exchange'), name: text, key: text });
  fc.assert(
    fc.property(binding, binding, (left, right) => {
      const [one, other] = [left, right].map(({ kind, name, key }) => bindingIdentity({ kind, name }, key, new Map()));
      expect(one === other).toBe(JSON.stringify(left) === JSON.stringify(right));
    }),
    { numRuns: 2_000 },
  );
});
