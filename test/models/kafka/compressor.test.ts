import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decompress } from '../../../src/models/kafka/compression.js';
import { compress } from '../../../src/models/kafka/compressor.js';

it.each([
  ['gzip', 1],
  ['snappy', 2],
  ['lz4', 3],
  ['zstd', 4],
])('what is folded as %s unfolds to what it was', (_name, codec) => {
  const sizes = [1, 127, 128, 65_535, 65_536, 65_537, 131_072, 131_073, 300_000];
  for (const size of sizes) {
    const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31) & 0xff);
    expect(Buffer.compare(decompress(codec, compress(codec, bytes), size), bytes)).toBe(0);
  }
});

it('gzip names no operating system, as Java writes it', () => {
  expect(compress(1, Uint8Array.of(1))[9]).toBe(0xff);
});

it('prop: any records come back, whatever the codec', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, size: 'max', maxLength: 2_000 }),
      fc.constantFrom(0, 1, 2, 3, 4),
      (bytes, codec) => {
        const folded = compress(codec, bytes);
        expect(codec === 0 ? folded : Uint8Array.from(decompress(codec, folded, 2_000))).toEqual(bytes);
      },
    ),
    { numRuns: 300 },
  );
});
