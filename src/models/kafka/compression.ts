/**
 * Unfolding the records of a batch. Nothing on the way of a record through the broker needs it: native readers,
 * compaction and the search by time inside a batch do.
 *
 * gzip comes with Node, and zstd with newer ones; for the others, packages of the application are loaded when first
 * met. Those packages trust their input, so frames are checked here before they see them: what a frame announces is
 * compared with what is there and with the cap, and nothing is allocated for it before.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { BrokerError } from '../../core/errors.js';

/** A compressed batch that cannot be unfolded: broken, too large, or of a codec whose package is missing. */
export class DecompressionError extends BrokerError {
  constructor(message: string, options?: ErrorOptions) {
    super('DECOMPRESSION_FAILED', message, options);
  }
}

/** Codecs by their number on the wire. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

type Decompressor = (bytes: Uint8Array, maxBytes: number) => Uint8Array;

const DECOMPRESSORS: ReadonlyArray<Decompressor | undefined> = [undefined, gunzip, unsnap, unlz4, unzstd];

/**
 * @param codec number of the codec, from the attributes of a batch
 * @param maxBytes size that the result may have
 * @throws DecompressionError
 */
export function decompress(codec: number, bytes: Uint8Array, maxBytes: number): Uint8Array {
  const unfold = DECOMPRESSORS[codec];
  if (!unfold) throw new DecompressionError(`codec ${codec} is unknown`);
  try {
    return unfold(bytes, maxBytes);
  } catch (cause) {
    if (cause instanceof DecompressionError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DecompressionError(`a batch cannot be unfolded as ${CODECS[codec]}: ${reason}`, { cause });
  }
}

function refuse(message: string): never {
  throw new DecompressionError(message);
}

function checkSize(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  refuse(`limits.kafkaDecompressedBytes (${maxBytes}) exceeded by a batch that unfolds to ${bytes} bytes or more`);
}

/** Loads an optional package of the application, from where it runs or from where its program is. */
function load<T>(name: string, codec: string): T {
  for (const from of [join(process.cwd(), 'package.json'), process.argv[1] ?? '']) {
    if (from === '') continue;
    try {
      return createRequire(from)(name) as T;
    } catch (error) {
      if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return refuse(`a batch is compressed with ${codec}; to read it natively install the package '${name}'`);
}

function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return zlib.gunzipSync(bytes, { maxOutputLength: Math.min(maxBytes, 0x7fffffff) });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') checkSize(maxBytes + 1, maxBytes);
    throw error;
  }
}

interface SnappyPackage {
  uncompress(bytes: Uint8Array, maxBytes?: number): Uint8Array;
}

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;

/** A raw block, or, as Java writes it, blocks behind a header and with their lengths. */
function unsnap(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const { uncompress } = load<SnappyPackage>('snappyjs', 'snappy');
  const source = asBuffer(bytes);
  if (!source.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return unsnapBlock(uncompress, source, maxBytes);
  const blocks: Uint8Array[] = [];
  let left = maxBytes;
  for (let at = XERIAL_HEADER_BYTES; at < source.length; ) {
    if (at + 4 > source.length) refuse('a snappy frame ends early');
    const length = source.readUInt32BE(at);
    at += 4;
    if (length === 0 || length > source.length - at) refuse(`a snappy block says ${length} bytes, which are not there`);
    const block = unsnapBlock(uncompress, source.subarray(at, at + length), left);
    left -= block.length;
    blocks.push(block);
    at += length;
  }
  return Buffer.concat(blocks);
}

function unsnapBlock(uncompress: SnappyPackage['uncompress'], block: Buffer, maxBytes: number): Uint8Array {
  let announced = 0;
  let at = 0;
  for (let scale = 1; at < 5; scale *= 0x80) {
    const byte = block[at++] ?? refuse('a snappy block ends early');
    announced += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  checkSize(announced, maxBytes);
  checkSnappyElements(block, at, announced);
  return uncompress(block, maxBytes);
}

/** The package goes round for ever in a literal of 2 GiB: the elements have to yield just what is announced. */
function checkSnappyElements(block: Buffer, start: number, announced: number): void {
  let made = 0;
  for (let at = start; at < block.length; ) {
    const tag = block[at++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      const lengthBytes = Math.max((tag >> 2) - 59, 0);
      if (at + lengthBytes > block.length) refuse('a snappy block ends early');
      const length = (lengthBytes === 0 ? tag >> 2 : block.readUIntLE(at, lengthBytes)) + 1;
      at += lengthBytes + length;
      made += length;
    } else {
      at += kind === 3 ? 4 : kind;
      made += kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    }
    if (at > block.length || made > announced) refuse('a snappy block says more than it holds');
  }
  if (made < announced) refuse(`a snappy block of ${block.length} bytes cannot hold ${announced}`);
}

interface Lz4Package {
  decompressBlock(source: Uint8Array, target: Uint8Array, at: number, length: number, targetAt: number): number;
}

const LZ4_MAGIC = 0x184d2204;
const LZ4_BLOCK_BYTES = [0, 0, 0, 0, 0x1_0000, 0x4_0000, 0x10_0000, 0x40_0000] as const;
const STORED = 0x8000_0000;

/** A frame: header, blocks with their lengths, a zero. */
function unlz4(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const { decompressBlock } = load<Lz4Package>('lz4js', 'lz4');
  const source = asBuffer(bytes);
  if (source.length < 11 || source.readUInt32LE(0) !== LZ4_MAGIC) refuse('these bytes are no lz4 frame');
  const flags = source[4] as number;
  const blockBytes = LZ4_BLOCK_BYTES[((source[5] as number) >> 4) & 7] ?? 0;
  if (flags >> 6 !== 1 || blockBytes === 0) refuse(`an lz4 frame has the unknown flags ${flags}`);
  const blocks = lz4Blocks(source, 7 + (flags & 0x08 ? 8 : 0), flags & 0x10 ? 4 : 0);
  let most = 0;
  for (const block of blocks) most += block.stored ? block.length : Math.min(blockBytes, block.length * 255 + 64);
  const target = new Uint8Array(Math.min(most, maxBytes));
  let end = 0;
  for (const { at, length, stored } of blocks) {
    if (stored) {
      checkSize(end + length, maxBytes);
      target.set(source.subarray(at, at + length), end);
      end += length;
    } else end = decompressBlock(source, target, at, length, end);
    if (!(end <= target.length)) checkSize(Math.max(end, maxBytes + 1), maxBytes);
  }
  return target.subarray(0, end);
}

function lz4Blocks(source: Buffer, start: number, checksumBytes: number) {
  const blocks: Array<{ at: number; length: number; stored: boolean }> = [];
  for (let at = start; ; ) {
    if (at + 4 > source.length) refuse('an lz4 frame ends early');
    const size = source.readUInt32LE(at);
    if (size === 0) return blocks;
    at += 4;
    const length = size % STORED;
    if (length > source.length - at) refuse(`an lz4 block says ${length} bytes, which are not there`);
    blocks.push({ at, length, stored: size >= STORED });
    at += length + checksumBytes;
  }
}

interface ZstdPackage {
  Decompress: new (onData: (chunk: Uint8Array) => void) => { push(bytes: Uint8Array, final: boolean): void };
}

const ZSTD_MAGIC = 0xfd2fb528;

function unzstd(bytes: Uint8Array, maxBytes: number): Uint8Array {
  checkZstdFrames(asBuffer(bytes), maxBytes);
  const native = (zlib as { zstdDecompressSync?: typeof zlib.gunzipSync }).zstdDecompressSync;
  if (native) return native(bytes, { maxOutputLength: Math.min(maxBytes, 0x7fffffff) });
  const { Decompress } = load<ZstdPackage>('fzstd', 'zstd');
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stream = new Decompress((chunk) => {
    size += chunk.length;
    checkSize(size, maxBytes);
    chunks.push(chunk);
  });
  stream.push(bytes, true);
  return Buffer.concat(chunks);
}

/** Follows the blocks of each frame to its end: sizes that are announced must be possible. */
function checkZstdFrames(source: Buffer, maxBytes: number): void {
  for (let at = 0; at < source.length; ) {
    if (at + 6 > source.length || source.readUInt32LE(at) !== ZSTD_MAGIC) refuse('these bytes are no zstd frame');
    const header = readZstdHeader(source, at + 4, maxBytes);
    at = header.end;
    for (let last = false; !last; ) {
      if (at + 3 > source.length) refuse('a zstd frame ends early');
      const block = source.readUIntLE(at, 3);
      last = (block & 1) === 1;
      const repeated = ((block >> 1) & 3) === 1;
      at += 3 + (repeated ? 1 : block >> 3);
    }
    at += header.checksumBytes;
    if (at > source.length) refuse('a zstd frame ends early');
  }
}

function readZstdHeader(source: Buffer, at: number, maxBytes: number): { end: number; checksumBytes: number } {
  const descriptor = source[at++] as number;
  const singleSegment = (descriptor & 0x20) !== 0;
  if (!singleSegment) {
    const window = source[at++] as number;
    const base = 2 ** (10 + (window >> 3));
    checkSize(base + (base / 8) * (window & 7), Math.max(maxBytes, 8 * 1024 * 1024));
  }
  at += [0, 1, 2, 4][descriptor & 3] as number;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  if (at + sizeBytes > source.length) refuse('a zstd frame ends early');
  if (sizeBytes === 8) checkSize(Number(source.readBigUInt64LE(at)), maxBytes);
  else if (sizeBytes > 0) checkSize(source.readUIntLE(at, sizeBytes), maxBytes);
  return { end: at + sizeBytes, checksumBytes: descriptor & 4 ? 4 : 0 };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
