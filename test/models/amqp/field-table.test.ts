import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type FieldInput,
  type FieldValue,
  fieldEquals,
  fieldTag,
  fieldTypeName,
  fromField,
  fromFieldTable,
  integerOf,
  isNumeric,
  TypedField,
  toField,
  toFieldTable,
} from '../../../src/models/amqp/field-table.js';

const plain: fc.Arbitrary<FieldInput> = fc.letrec<{ value: FieldInput }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.uint8Array({ maxLength: 5 }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'constructor', ''), tie('value'), {
      maxKeys: 3,
      noNullPrototype: false,
    }),
  ),
})).value;

it('prop: plain values come back as they went in, and equal themselves', () => {
  fc.assert(
    fc.property(plain, (input) => {
      const field = toField(input);
      expect(JSON.stringify(fromField(field))).toBe(JSON.stringify(input));
      expect(fieldEquals(field, toField(input))).toBe(true);
    }),
  );
});

it('a number takes the narrowest type that clients use: I, then l, else d', () => {
  const tags = [1, -1, 2 ** 31 - 1, 2 ** 31, 1.5, 2 ** 53, 5n].map((value) => fieldTag(toField(value)));
  expect(tags).toEqual(['I', 'I', 'I', 'l', 'd', 'd', 'l']);
  expect(fieldTag(toField(new Date(1_500)))).toBe('T');
  expect(fromField(toField(new Date(1_500)))).toEqual(new Date(1_000));
});

it('equality is exact in type, blind to the order of keys, and not to that of items', () => {
  const table = (...entries: [string, FieldValue][]): FieldValue => new Map(entries);
  expect(fieldEquals(table(['a', 'x'], ['b', true]), table(['b', true], ['a', 'x']))).toBe(true);
  expect(fieldEquals(table(['a', 'x']), table(['a', 'x'], ['b', null]))).toBe(false);
  expect(fieldEquals(['x', 'y'], ['y', 'x'])).toBe(false);
  expect(fieldEquals(new TypedField('I', 1), new TypedField('l', 1))).toBe(false);
  expect(fieldEquals(new TypedField('D', 1, 2), new TypedField('D', 1, 3))).toBe(false);
  expect(fieldEquals(new TypedField('x', new Uint8Array([1])), new TypedField('x', new Uint8Array([1])))).toBe(true);
});

it('types have the names of RabbitMQ’s error texts', () => {
  const names = [
    'x',
    true,
    null,
    [],
    new Map(),
    ...(['b', 'u', 'l', 'f', 'T'] as const).map((tag) => new TypedField(tag, 1)),
  ];
  expect(names.map((value) => fieldTypeName(value as FieldValue))).toEqual([
    'longstr',
    'bool',
    'void',
    'array',
    'table',
    'byte',
    'unsignedshort',
    'long',
    'float',
    'timestamp',
  ]);
});

it('an integer is one of any width, a numeric value a float or a timestamp too', () => {
  expect(integerOf(new TypedField('L', 2n ** 40n))).toBe(2 ** 40);
  expect([integerOf('5'), integerOf(undefined), integerOf(new TypedField('d', 5))]).toEqual(Array(3).fill(undefined));
  expect(isNumeric(new TypedField('d', 5)) && isNumeric(new TypedField('T', 5))).toBe(true);
  expect(isNumeric('5') || isNumeric(new TypedField('D', 5, 1))).toBe(false);
});

it('any name is only data', () => {
  const object = fromFieldTable(toFieldTable(new Map([['__proto__', 'x']])));
  expect(Object.getPrototypeOf(object)).toBeNull();
  expect(Object.keys(object)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});
