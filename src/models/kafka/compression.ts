/**
 * Unfolding the records of a batch. Nothing on the way of a record through the broker needs it: native readers,
 * compaction and the search by time inside a batch do.
 *
 * gzip comes with Node; the others are optional packages of the application, loaded when first met.
 */
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

const DECOMPRESSORS: ReadonlyArray<Decompressor | undefined> = [undefined, gunzip];

function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array {
  return zlib.gunzipSync(bytes, { maxOutputLength: Math.min(maxBytes, 0x7fffffff) });
}
