import { describe, expect, test } from 'vitest';
import { FieldCodec } from '../../../src/wire/amqp/field.js';
import { Reader } from '../../../src/wire/amqp/reader.js';
import { Writer } from '../../../src/wire/amqp/writer.js';

describe('fields', () => {
  test('bits are packed from the lowest up, and another field ends their octet', () => {
    const codec = new FieldCodec({ a: 'bit', b: 'bit', n: 'octet', c: 'bit' });
    const writer = new Writer();
    codec.write(writer, { a: false, b: true, n: 7, c: true });
    const bytes = Uint8Array.from(writer.take());
    expect([...bytes]).toEqual([2, 7, 1]);
    expect(codec.read(new Reader(bytes))).toEqual({ a: false, b: true, n: 7, c: true });
  });

  test('nine bits take two octets', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] as const;
    const codec = new FieldCodec(Object.fromEntries(names.map((name) => [name, 'bit'])) as Record<string, 'bit'>);
    const values = Object.fromEntries(names.map((name) => [name, name === 'i' || name === 'h']));
    const writer = new Writer();
    codec.write(writer, values);
    expect([...writer.take()]).toEqual([0x80, 1]);
  });
});
