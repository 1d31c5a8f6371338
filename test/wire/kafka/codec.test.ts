/** Every API in every version that is offered: what is written is read back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/wire/kafka/codec.js';
import { errorCode, errorName } from '../../../src/wire/kafka/error-code.js';
import { array, bytes, type Fields, type FieldType, int32, string } from '../../../src/wire/kafka/field.js';
import { HANDLERS } from '../../../src/wire/kafka/handlers/index.js';
import { Reader } from '../../../src/wire/kafka/reader.js';
import { Writer } from '../../../src/wire/kafka/writer.js';
import { contentOf } from '../../helpers/kafka-content.js';
import { offeredVersions } from '../../helpers/kafka-versions.js';

/** What of a value a version can say: the defaults of what it does not know are filled in by reading nothing. */
function known(
  fields: Fields,
  value: Record<string, unknown>,
  read: Record<string, unknown>,
  version: number,
): unknown {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { type, options }]) => {
      const there = version >= options.since && version <= options.until;
      if (!there) return [name, read[name]];
      const given = value[name];
      if (given === null && version < options.nullableSince) return [name, read[name]];
      return [name, knownOf(type, given, read[name], version)];
    }),
  );
}

function knownOf(type: FieldType, given: unknown, read: unknown, version: number): unknown {
  if (given === null) return null;
  if (type.kind === 'struct') return known(type.fields, given as never, (read ?? {}) as never, version);
  if (type.kind === 'bytes') return Buffer.compare(given as Uint8Array, read as Uint8Array) === 0 ? read : given;
  if (type.kind !== 'array') return given;
  const readItems = (read ?? []) as unknown[];
  return (given as unknown[]).map((item, at) => knownOf(type.element, item, readItems[at], version));
}

const written = (codec: ReturnType<typeof compile>, value: unknown): Uint8Array => {
  const writer = new Writer();
  codec.write(writer, value as never);
  return writer.bytes();
};

interface Description {
  readonly name: string;
  readonly version: number;
  readonly flexible: boolean;
  readonly fields: Fields;
}

/** Requests and answers of every API in every version. */
const DESCRIPTIONS = HANDLERS.flatMap(({ api }) =>
  offeredVersions(api)
    .filter((version) => api.accepts(version, 'standard'))
    .flatMap((version) => {
      const { flexible } = api.codec(version);
      return (['request', 'response'] as const).map((side): Description => {
        return { name: `${api.name} ${version} ${side}`, version, flexible, fields: api.definition[side] };
      });
    }),
);

describe('all descriptions', () => {
  it('prop: K18 every API and every version reads what it has written, and steps over tags that it does not know', () => {
    const runs = 4;
    expect(DESCRIPTIONS.length * runs).toBeGreaterThan(1_000);
    for (const { name, version, flexible, fields } of DESCRIPTIONS) {
      const codec = compile(fields, version, flexible);
      fc.assert(
        fc.property(contentOf({ kind: 'struct', fields }), fc.uint8Array({ maxLength: 5 }), (value, unknown) => {
          const encoded = written(codec, value);
          const reader = new Reader(encoded);
          const read = codec.read(reader) as Record<string, unknown>;
          expect(reader.remaining, name).toBe(0);
          expect(read, name).toEqual(known(fields, value as never, read, version));
          expect(Buffer.from(written(codec, read)).equals(encoded), name).toBe(true);
          if (!flexible) return;
          const bare = written(codec, withoutTagged(fields, read));
          const more = Buffer.concat([bare.subarray(0, -1), Buffer.from([1, 99, unknown.length]), unknown]);
          expect(codec.read(new Reader(more)), name).toEqual(codec.read(new Reader(bare)));
        }),
        { numRuns: runs },
      );
    }
  });
});

/** Without fields that stand in the tag section: it is the last byte, and 0. */
function withoutTagged(fields: Fields, value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => fields[name]?.options.tag === undefined));
}

describe('one structure', () => {
  const fields = { name: string.nullable(1), list: array(int32).since(1), extra: bytes.since(2).tag(0) };

  it('writes null as empty where a version does not know it', () => {
    const codec = compile(fields, 0, false);
    expect(Buffer.from(written(codec, { name: null })).toString('hex')).toBe('0000');
    expect(Buffer.from(written(compile(fields, 1, false), { name: null, list: [] })).toString('hex')).toBe(
      'ffff00000000',
    );
  });

  it('leaves a tagged field out while it has its default', () => {
    const codec = compile(fields, 2, true);
    const hex = (extra: Uint8Array | undefined) =>
      Buffer.from(written(codec, { name: 'a', list: [1], extra })).toString('hex');
    expect(hex(undefined)).toBe('0261020000000100');
    expect(hex(Uint8Array.of(7))).toBe('02610200000001' + '01' + '00' + '02' + '0207');
  });

  it('believes no count that cannot be in what is left', () => {
    const codec = compile(fields, 1, false);
    expect(() => codec.read(new Reader(Buffer.from('0000' + '7fffffff', 'hex')))).toThrow(/2147483647/);
  });

  it('knows errors by name and number', () => {
    expect([errorName(3), errorCode('UNKNOWN_TOPIC_OR_PARTITION'), errorName(0)]).toEqual([
      'UNKNOWN_TOPIC_OR_PARTITION',
      3,
      'NONE',
    ]);
  });
});
