import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FieldTable, type FieldValue, fieldEquals, TypedField } from '../../../src/models/amqp/field-table.js';
import { MalformedBytesError, Reader } from '../../../src/wire/amqp/reader.js';
import { readBareTable, readTable, safeInteger, writeTable } from '../../../src/wire/amqp/table.js';
import { Writer } from '../../../src/wire/amqp/writer.js';

const int = (tag: 'b' | 'B' | 's' | 'u' | 'I' | 'i', min: number, max: number) =>
  fc.integer({ min, max }).map((value) => new TypedField(tag, value));
const long = (tag: 'l' | 'L' | 'T') =>
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => new TypedField(tag, safeInteger(value)));

/** All eighteen types of RabbitMQ's parser. */
const { value } = fc.letrec<{ value: FieldValue; table: FieldTable }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.string({ unit: 'grapheme' }),
    int('b', -128, 127),
    int('B', 0, 255),
    int('s', -32_768, 32_767),
    int('u', 0, 65_535),
    int('I', -(2 ** 31), 2 ** 31 - 1),
    int('i', 0, 2 ** 32 - 1),
    long('l'),
    long('L'),
    long('T'),
    fc.float({ noNaN: true }).map((number) => new TypedField('f', number)),
    fc.double({ noNaN: true }).map((number) => new TypedField('d', number)),
    fc.tuple(fc.nat(255), fc.nat()).map(([scale, number]) => new TypedField('D', number, scale)),
    fc.uint8Array().map((bytes) => new TypedField('x', bytes)),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('table'),
  ),
  table: fc
    .array(fc.tuple(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '')), tie('value')), {
      maxLength: 4,
    })
    .map((entries) => new Map(entries)),
}));

function written(table: FieldTable): Uint8Array {
  const writer = new Writer();
  writeTable(writer, table);
  return writer.take();
}

/** A table of raw bytes. */
function tableBytes(...bytes: number[]): Uint8Array {
  return Uint8Array.of(0, 0, 0, bytes.length, ...bytes);
}

describe('field tables', () => {
  test('prop: every value comes back as it was written', () => {
    fc.assert(
      fc.property(value, (each) => {
        const back = readTable(new Reader(written(new Map([['k', each]])))).get('k') as FieldValue;
        expect(fieldEquals(back, each)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('prop: no bytes do more than throw MalformedBytesError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          readBareTable(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBytesError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('the first of two equal keys counts', () => {
    const table = readTable(new Reader(tableBytes(1, 0x61, 0x74, 1, 1, 0x61, 0x74, 0)));
    expect([...table]).toEqual([['a', true]]);
  });

  test('`__proto__` is a key like any other', () => {
    const inner = new Map([['admin', true]]);
    const table = readTable(new Reader(written(new Map<string, FieldValue>([['__proto__', inner]]))));
    expect([...table.keys()]).toEqual(['__proto__']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test('text that is no UTF-8 keeps its bytes', () => {
    const table = readTable(new Reader(tableBytes(1, 0x61, 0x53, 0, 0, 0, 1, 0xff)));
    expect(table.get('a')).toEqual(new TypedField('S', Uint8Array.of(0xff)));
  });

  test.each([
    ['an unknown tag', tableBytes(1, 0x61, 0x55, 0, 1)],
    ['a table that says it is longer than its frame', Uint8Array.of(0, 0, 1, 0, 1)],
    ['a nested table that leaves its parent', tableBytes(1, 0x61, 0x46, 0, 0, 1, 0)],
    ['a cut value', tableBytes(1, 0x61, 0x49, 0, 1)],
  ])('%s is malformed', (_what, bytes) => {
    expect(() => readTable(new Reader(bytes))).toThrow(MalformedBytesError);
  });

  test('nesting beyond limits.amqpTableDepth is malformed, whatever the depth', () => {
    const depth = 18_000;
    const bytes = Buffer.alloc(4 + depth * 7);
    for (let i = 0; i < depth; i++) {
      bytes.writeUInt32BE((depth - i) * 7, i * 7);
      bytes.set([1, 0x61, 0x46], i * 7 + 4);
    }
    expect(() => readTable(new Reader(bytes))).toThrow('limits.amqpTableDepth');
  });

  test('more values than limits.amqpTableEntries are malformed', () => {
    const many = Buffer.alloc(4 + 3 * 3);
    many.writeUInt32BE(9, 0);
    for (let i = 0; i < 3; i++) many.set([1, 0x61 + i, 0x56], 4 + i * 3);
    const limits = { amqpTableDepth: 4, amqpTableEntries: 2 };
    expect(() => readTable(new Reader(many, 0, many.length, limits))).toThrow('limits.amqpTableEntries');
  });
});
