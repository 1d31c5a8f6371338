import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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

describe('payloads of real clients', () => {
  test.each([
    ['gzip of Java', GZIP, JAVA_GZIP, 'gzip'],
    ['lz4 of librdkafka', LZ4, LIBRDKAFKA_LZ4, 'lz4'],
    ['snappy of librdkafka', SNAPPY, LIBRDKAFKA_SNAPPY, 'snappy'],
    ['zstd of librdkafka', ZSTD, LIBRDKAFKA_ZSTD, 'zstd'],
  ])('%s unfolds', (_name, codec, payload) => {
    const records = Buffer.from(decompress(codec, payload, MANY));
    // Length, attributes, time and offset deltas, then the key of one byte.
    expect(records.subarray(-1 * records.length).includes('a')).toBe(true);
    expect(records.readInt8(records.indexOf('a') - 1)).toBe(2);
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
    ['gzip that unfolds beyond the cap', GZIP, gzipSync(Buffer.alloc(2_000_000))],
    ['snappy that announces 1 GiB in 7 bytes', SNAPPY, hex('80808080040000')],
    ['snappy that announces more than it can hold', SNAPPY, hex('a08d0600')],
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
