import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/wire/kafka/codec.js';
import { array, int8, int32, string } from '../../../src/wire/kafka/field.js';
import { Reader } from '../../../src/wire/kafka/reader.js';
import { Writer } from '../../../src/wire/kafka/writer.js';

const SHAPE = {
  name: string,
  rack: string.nullable().since(1),
  members: array({ id: int32, note: string.since(2) }),
  hint: int8.since(2).tag(0),
};

function write(version: number, value: Parameters<ReturnType<typeof compile<typeof SHAPE>>['write']>[1]): Buffer {
  const writer = new Writer();
  compile(SHAPE, version, version >= 2).write(writer, value);
  return Buffer.from(writer.bytes());
}

const read = (version: number, bytes: Uint8Array) => compile(SHAPE, version, version >= 2).read(new Reader(bytes));

describe('a shape in one version', () => {
  it('has the fields of that version, the others at their defaults', () => {
    const value = { name: 'a', rack: 'r', members: [{ id: 1, note: 'n' }], hint: 5 };
    expect(read(0, write(0, value))).toEqual({ name: 'a', rack: null, members: [{ id: 1, note: '' }], hint: 0 });
    expect(read(1, write(1, value))).toEqual({ name: 'a', rack: 'r', members: [{ id: 1, note: '' }], hint: 0 });
    expect(read(2, write(2, value))).toEqual(value);
  });

  it('is compact in flexible versions, and leaves out tagged fields at their default', () => {
    expect(write(0, { name: 'a', rack: null, members: [], hint: 0 }).toString('hex')).toBe('00016100000000');
    expect(write(2, { name: 'a', rack: null, members: [], hint: 0 }).toString('hex')).toBe('0261000100');
    expect(write(2, { name: 'a', rack: null, members: [], hint: 5 }).toString('hex')).toBe('02610001' + '01000105');
  });

  it('refuses null where the version knows none, and lists longer than what is left', () => {
    expect(() => read(0, Buffer.from('ffff', 'hex'))).toThrow('null stands where it is not allowed');
    expect(() => read(0, Buffer.from('000161000000020000', 'hex'))).toThrow('elements do not fit');
  });

  it('prop: every version reads what it wrote', () => {
    const value = fc.record({
      name: fc.string(),
      rack: fc.option(fc.string()),
      members: fc.array(fc.record({ id: fc.integer(), note: fc.string() }), { maxLength: 4 }),
      hint: fc.integer({ min: -128, max: 127 }),
    });
    fc.assert(
      fc.property(value, (given) => {
        expect(read(2, write(2, given))).toEqual(given);
        expect(read(1, write(1, given))).toEqual({
          ...given,
          members: given.members.map(({ id }) => ({ id, note: '' })),
          hint: 0,
        });
      }),
      { numRuns: 300 },
    );
  });
});
