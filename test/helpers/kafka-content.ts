/** Random content of requests and answers, from their descriptions. */
import fc from 'fast-check';
import { errorName } from '../../src/wire/kafka/error-code.js';
import type { AnyField, FieldType } from '../../src/wire/kafka/field.js';

/** A value that a field can have, small ones and the edges of its type. */
export function contentOf(type: FieldType): fc.Arbitrary<unknown> {
  const integer = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
  switch (type.kind) {
    case 'int8':
      return integer(8);
    case 'int16':
      return integer(16);
    case 'uint16':
      return fc.nat(65_535);
    case 'int32':
      return integer(32);
    case 'int64':
      return fc.maxSafeInteger();
    case 'float64':
      return fc.double({ noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.string({ unit: 'grapheme', maxLength: 8 });
    case 'bytes':
      return fc.uint8Array({ maxLength: 8 });
    case 'uuid':
      return fc.uuid();
    case 'error':
      return fc.integer({ min: -1, max: 119 }).map(errorName);
    case 'array':
      return fc.array(contentOf(type.element), { maxLength: 2 });
    case 'struct':
      return fc.record(Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, anyOf(field)])));
    default:
      return type satisfies never;
  }
}

function anyOf(field: AnyField): fc.Arbitrary<unknown> {
  const value = contentOf(field.type);
  return field.options.nullableSince === Infinity ? value : fc.option(value, { freq: 4 });
}
