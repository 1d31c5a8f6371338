import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BasicProperties, NO_PROPERTIES, PROPERTY_NAMES } from '../../../src/models/amqp/index.js';
import { PropertyReader, readContentHead, WireProperties, writeContentHeader } from '../../../src/wire/amqp/content.js';
import { MalformedBytesError } from '../../../src/wire/amqp/reader.js';
import { Writer } from '../../../src/wire/amqp/writer.js';

const LIMITS = { amqpTableDepth: 128, amqpTableEntries: 10_000 };
const text = fc.string({ maxLength: 10 });
const properties = fc.record(
  {
    contentType: text,
    contentEncoding: text,
    headers: fc.dictionary(text, fc.boolean()).map((object) => new Map(Object.entries(object))),
    deliveryMode: fc.nat(255),
    priority: fc.nat(255),
    correlationId: text,
    replyTo: text,
    expiration: text,
    messageId: text,
    timestamp: fc.maxSafeNat(),
    type: text,
    userId: text,
    appId: text,
    clusterId: text,
  },
  { requiredKeys: [] },
);

function header(values: BasicProperties, bodyBytes = 5): Uint8Array {
  const writer = new Writer();
  writeContentHeader(writer, values, bodyBytes);
  return Uint8Array.from(writer.take());
}

function plain(values: BasicProperties): BasicProperties {
  return Object.fromEntries(
    PROPERTY_NAMES.map((name) => [name, values[name]]).filter(([, value]) => value !== undefined),
  );
}

describe('content headers', () => {
  test('prop: any subset of the properties comes back, and leaves with the very bytes', () => {
    fc.assert(
      fc.property(properties, (values) => {
        const bytes = header(values);
        const back = new PropertyReader().read(bytes, LIMITS);
        expect(plain(back)).toEqual(values);
        expect(header(back)).toEqual(bytes);
      }),
    );
  });

  test('equal bytes give the same object again', () => {
    const reader = new PropertyReader();
    const first = reader.read(header({ messageId: 'a' }), LIMITS);
    expect(first).toBeInstanceOf(WireProperties);
    expect(reader.read(header({ messageId: 'a' }), LIMITS)).toBe(first);
    expect(reader.read(header({ messageId: 'b' }), LIMITS)).not.toBe(first);
    expect(reader.read(header({}), LIMITS)).toBe(NO_PROPERTIES);
  });

  test('the head announces class, weight and size', () => {
    expect(readContentHead(header({}, 2 ** 40))).toEqual({ classId: 60, weight: 0, bodyBytes: 2 ** 40 });
    expect(readContentHead(new Uint8Array(13))).toBeUndefined();
  });

  test('a continuation flag and cut properties are malformed', () => {
    const continued = header({});
    continued[13] = 1;
    expect(() => new PropertyReader().read(continued, LIMITS)).toThrow(MalformedBytesError);
    expect(() => new PropertyReader().read(header({ messageId: 'abc' }).subarray(0, 16), LIMITS)).toThrow(
      MalformedBytesError,
    );
  });
});
