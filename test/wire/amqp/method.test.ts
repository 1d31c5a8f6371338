import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldType } from '../../../src/wire/amqp/field.js';
import { METHODS, type Method, methodById } from '../../../src/wire/amqp/method.js';
import { MalformedBytesError, Reader } from '../../../src/wire/amqp/reader.js';
import { Writer } from '../../../src/wire/amqp/writer.js';

const ARBITRARY: Record<FieldType, fc.Arbitrary<unknown>> = {
  octet: fc.nat(255),
  short: fc.nat(65_535),
  long: fc.nat(),
  longlong: fc.maxSafeNat(),
  timestamp: fc.maxSafeNat(),
  bit: fc.boolean(),
  shortstr: fc.string({ unit: 'grapheme', maxLength: 20 }),
  longstr: fc.uint8Array({ maxLength: 20 }),
  table: fc.dictionary(fc.string(), fc.boolean()).map((object) => new Map(Object.entries(object))),
};

const ALL = Object.values(METHODS) as unknown as Method[];

describe('methods', () => {
  test.each(ALL.map((method) => [method.name, method] as const))(
    'prop: %s comes back as it was written',
    (_, method) => {
      const fields = Object.fromEntries(method.codec.fields.map(([name, type]) => [name, ARBITRARY[type]]));
      fc.assert(
        fc.property(fc.record(fields), (values) => {
          const writer = new Writer();
          method.codec.write(writer, values as never);
          const back = method.codec.read(new Reader(Uint8Array.from(writer.take())));
          expect(back).toEqual({ ...values });
        }),
        { numRuns: 20 },
      );
    },
  );

  test('more than eight bits take a second octet', () => {
    const writer = new Writer();
    METHODS.accessRequest.codec.write(writer, {
      realm: '',
      exclusive: true,
      passive: false,
      active: true,
      write: false,
      read: true,
    });
    expect([...writer.take()]).toEqual([0, 0b10101]);
  });

  test('bytes left over are malformed', () => {
    expect(() => METHODS.basicQosOk.codec.read(new Reader(Uint8Array.of(1)))).toThrow(MalformedBytesError);
  });

  test('methods are found by their ids', () => {
    for (const method of ALL) expect(methodById(method.classId, method.methodId)).toBe(method);
    expect(methodById(60, 99)).toBeUndefined();
  });
});
