/** The codec that a topic keeps its records in: `compression.type`. */
import { CODECS, DecompressionError, decompress } from './compression.js';
import { compress } from './compressor.js';
import { crc32c } from './crc32c.js';
import { KafkaError } from './errors.js';
import { AT, BATCH_HEADER_BYTES, BATCH_LENGTH_END, RecordBatch } from './record-batch.js';

const CODEC_BITS = 0b111;

/**
 * A batch as its topic keeps it: as the producer sent it, or folded anew.
 *
 * @param compressionType value of `compression.type`
 * @param maxBytes size that its records may unfold to
 * @throws KafkaError CORRUPT_MESSAGE when they cannot be unfolded
 */
export function inTopicCodec(batch: RecordBatch, compressionType: string, maxBytes: number): RecordBatch {
  if (compressionType === 'producer') return batch;
  const codec = compressionType === 'uncompressed' ? 0 : CODECS.indexOf(compressionType as (typeof CODECS)[number]);
  if (codec === batch.codec) return batch;
  const { bytes } = batch;
  const folded = compress(codec, recordsOf(batch.codec, bytes.subarray(BATCH_HEADER_BYTES), maxBytes));
  const whole = Buffer.concat([bytes.subarray(0, BATCH_HEADER_BYTES), folded]);
  whole.writeInt32BE(whole.length - BATCH_LENGTH_END, AT.length);
  whole.writeInt16BE((batch.attributes & ~CODEC_BITS) | codec, AT.attributes);
  whole.writeUInt32BE(crc32c(whole, AT.attributes, whole.length), AT.crc);
  return RecordBatch.parse(whole);
}

function recordsOf(codec: number, bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return codec === 0 ? bytes : decompress(codec, bytes, maxBytes);
  } catch (error) {
    if (error instanceof DecompressionError) throw new KafkaError('CORRUPT_MESSAGE', error.message);
    throw error;
  }
}
