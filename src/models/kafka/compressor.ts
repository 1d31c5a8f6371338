/**
 * Folding the records of a batch, for topics that ask for a codec of their own. gzip comes with Node; the others are
 * written in their formats without being made smaller, which every reader takes.
 */
import * as zlib from 'node:zlib';

const SNAPPY_BLOCK_BYTES = 65_536;
const LZ4_BLOCK_BYTES = 65_536;
const ZSTD_BLOCK_BYTES = 131_072;
/** Magic number, blocks that stand for themselves of at most 64 KiB, and the checksum of that. */
const LZ4_FRAME = Buffer.from('04224d18604082', 'hex');
const LZ4_STORED = 0x8000_0000;
/** Magic number, and one segment whose size comes in four bytes. */
const ZSTD_FRAME = Buffer.from('28b52ffda0', 'hex');

/** @param codec number of the codec, as in the attributes of a batch */
export function compress(codec: number, bytes: Uint8Array): Uint8Array {
  return COMPRESSORS[codec]?.(bytes) ?? bytes;
}

const COMPRESSORS: ReadonlyArray<((bytes: Uint8Array) => Uint8Array) | undefined> = [
  undefined,
  gzip,
  snappy,
  lz4,
  zstd,
];

/** Byte for byte as Java writes it, which names no operating system. */
function gzip(bytes: Uint8Array): Uint8Array {
  const folded = zlib.gzipSync(bytes);
  folded[9] = 0xff;
  return folded;
}

function snappy(bytes: Uint8Array): Uint8Array {
  const size: number[] = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    size.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) break;
  }
  const literals = blocksOf(bytes, SNAPPY_BLOCK_BYTES).flatMap((block) => [literalHead(block.length), block]);
  return Buffer.concat([Uint8Array.from(size), ...literals]);
}

/** A short length is in the tag itself, a longer one in two bytes behind it. */
function literalHead(length: number): Uint8Array {
  if (length <= 60) return Uint8Array.of((length - 1) << 2);
  const head = Buffer.from([0xf4, 0, 0]);
  head.writeUInt16LE(length - 1, 1);
  return head;
}

function lz4(bytes: Uint8Array): Uint8Array {
  const blocks = blocksOf(bytes, LZ4_BLOCK_BYTES).flatMap((block) => [
    uint32((block.length | LZ4_STORED) >>> 0),
    block,
  ]);
  return Buffer.concat([LZ4_FRAME, ...blocks, uint32(0)]);
}

function zstd(bytes: Uint8Array): Uint8Array {
  const blocks = blocksOf(bytes, ZSTD_BLOCK_BYTES);
  const parts = blocks.flatMap((block, index) => {
    const isLast = index === blocks.length - 1 ? 1 : 0;
    return [uint32((block.length << 3) | isLast).subarray(0, 3), block];
  });
  return Buffer.concat([ZSTD_FRAME, uint32(bytes.length), ...parts]);
}

function blocksOf(bytes: Uint8Array, largest: number): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / largest));
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * largest, (at + 1) * largest));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
