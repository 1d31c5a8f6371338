import { parse } from 'node:path';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { DecompressionError, decompress } from '../../../src/models/kafka/compression.js';

const hex = (text: string) => Buffer.from(text, 'hex');
const MANY = 1_000_000;
const GZIP = 1;
const SNAPPY = 2;
const LZ4 = 3;
const ZSTD = 4;

/** Captured from the named clients: one record with the key "a". */
const JAVA_GZIP = hex('1f8b08000000000000ff6b60626060604afcc0985e955930109801007486228f82000000');
const LIBRDKAFKA_LZ4 = hex('04224d1860408214000000af4a00000002613c6c7a3403000450346c7a340000000000');
const LIBRDKAFKA_SNAPPY = hex('45348601000000026178736e61707079d606000000');
const LIBRDKAFKA_ZSTD = hex('28b52ffd0058950000605e0000000261507a737464000100279d17');

/** A record as it is stored: its length, attributes and two deltas of 0, key "a", value, no headers. */
function record(length: string, valueLength: string, value: string): string {
  return `${length}0000000261${valueLength}${Buffer.from(value).toString('hex')}00`;
}

describe('payloads of real clients', () => {
  test.each([
    ['gzip of Java', GZIP, JAVA_GZIP, record('8002', 'f001', 'gzip'.repeat(30))],
    ['lz4 of librdkafka', LZ4, LIBRDKAFKA_LZ4, record('4a', '3c', 'lz4'.repeat(10))],
    ['snappy of librdkafka', SNAPPY, LIBRDKAFKA_SNAPPY, record('8601', '78', 'snappy'.repeat(10))],
    ['zstd of librdkafka', ZSTD, LIBRDKAFKA_ZSTD, record('5e', '50', 'zstd'.repeat(10))],
  ])('%s unfolds', (_name, codec, payload, expected) => {
    expect(Buffer.from(decompress(codec, payload, MANY)).toString('hex')).toBe(expected);
  });

  test('snappy in the framing of Java is put together from its blocks', () => {
    const block = LIBRDKAFKA_SNAPPY;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(block.length);
    const header = hex('82534e415050590000000001000000010'.slice(0, 32));
    const framed = Buffer.concat([header, length, block, length, block]);
    const once = decompress(SNAPPY, block, MANY);
    expect(Buffer.from(decompress(SNAPPY, framed, MANY))).toEqual(Buffer.concat([once, once]));
  });
});

describe('what lies about its size is refused before it is unfolded', () => {
  test.each([
    ['gzip that unfolds beyond the cap', GZIP, zlib.gzipSync(Buffer.alloc(2_000_000))],
    ['snappy that announces 1 GiB in 7 bytes', SNAPPY, hex('80808080040000')],
    ['snappy that announces more than it can hold', SNAPPY, hex('a08d0600')],
    [
      'snappy with a literal of 4 GiB',
      SNAPPY,
      hex('04fc4dc360dd8214000000af4a00000002613c6c7a340300ff50346c7a340000ff1600'),
    ],
    ['snappy with a copy of what is not there', SNAPPY, hex('0801ff')],
    ['lz4 whose block is not there', LZ4, hex('04224d18604082ffffff7f00000000')],
    ['lz4 without an end', LZ4, hex('04224d1860408204000000')],
    ['zstd with a window of 1 GiB', ZSTD, hex('28b52ffd00a0010000000000')],
    ['zstd that announces 1 GiB', ZSTD, hex('28b52ffda000000040010000')],
    ['an unknown codec', 7, hex('00')],
    ['nothing at all', ZSTD, hex('28')],
  ])('%s', (_name, codec, payload) => {
    expect(() => decompress(codec, payload, MANY)).toThrow(DecompressionError);
  });
});

/** Where Node has no zstd of its own. */
const FZSTD: [string, string, number, Buffer] = ['zstd', 'fzstd', ZSTD, LIBRDKAFKA_ZSTD];

describe('a codec whose package is not installed', () => {
  const program = process.argv[1] as string;
  afterEach(() => {
    process.argv[1] = program;
    vi.restoreAllMocks();
  });

  test.each<[string, string, number, Buffer]>([
    ['snappy', 'snappyjs', SNAPPY, LIBRDKAFKA_SNAPPY],
    ['lz4', 'lz4js', LZ4, LIBRDKAFKA_LZ4],
    ...('zstdDecompressSync' in zlib ? [] : [FZSTD]),
  ])('%s: the error names the package to install', (codec, name, number, payload) => {
    vi.spyOn(process, 'cwd').mockReturnValue(parse(process.execPath).root);
    process.argv[1] = '';
    const reason = `a batch is compressed with ${codec}; to read it natively install the package '${name}'`;
    expect(() => decompress(number, payload, MANY)).toThrow(reason);
    expect(Buffer.from(decompress(GZIP, JAVA_GZIP, MANY)).length).toBe(130);
  });
});

test('prop: no bytes make it throw anything else, or give more than the cap', () => {
  const start = fc.constantFrom(JAVA_GZIP, LIBRDKAFKA_LZ4, LIBRDKAFKA_SNAPPY, LIBRDKAFKA_ZSTD);
  fc.assert(
    fc.property(
      fc.constantFrom(GZIP, SNAPPY, LZ4, ZSTD),
      start,
      fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 6 }),
      fc.uint8Array({ maxLength: 20 }),
      (codec, payload, changes, tail) => {
        const bytes = Buffer.concat([payload, tail]);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        try {
          expect(decompress(codec, bytes, 50_000).length).toBeLessThanOrEqual(50_000);
        } catch (error) {
          expect(error).toBeInstanceOf(DecompressionError);
        }
      },
    ),
    { numRuns: 3_000 },
  );
});
