import type { ByteQueue } from '../byte-queue.js';

export const FRAME_METHOD = 1;
export const FRAME_HEADER = 2;
export const FRAME_BODY = 3;
export const FRAME_HEARTBEAT = 8;
export const FRAME_END = 0xce;

/** Type, channel and size before the payload, the end octet behind it. */
export const FRAME_OVERHEAD_BYTES = 8;
const HEAD_BYTES = 7;

export const HEARTBEAT_FRAME = Uint8Array.of(FRAME_HEARTBEAT, 0, 0, 0, 0, 0, 0, FRAME_END);

export interface Frame {
  readonly type: number;
  readonly channel: number;
  /** A view on the input, valid for ever. */
  readonly payload: Uint8Array;
}

/** What is wrong with a frame as such, whatever it says. */
export type FrameFault =
  | { readonly kind: 'too-large'; readonly type: number; readonly size: number }
  | { readonly kind: 'bad-end'; readonly type: number; readonly payload: Uint8Array; readonly end: number };

export type Split = Frame | FrameFault | undefined;

/** True for the faults among what `nextFrame` returns. */
export function isFault(split: Frame | FrameFault): split is FrameFault {
  return 'kind' in split;
}

/**
 * Takes the next frame off the input; undefined when it has not arrived whole.
 *
 * ```
 * type:1  channel:2  size:4  payload:size  end:1 (ce)
 * ```
 * A frame that is too large is told by its head, before its payload is waited for. RabbitMQ forgives the eight bytes
 * around the payload: only a payload above frame-max is refused.
 */
export function nextFrame(input: ByteQueue, frameMaxBytes: number): Split {
  if (input.length < HEAD_BYTES) return undefined;
  const type = input.at(0) as number;
  const size = input.uint32(3);
  if (size > frameMaxBytes) return { kind: 'too-large', type, size };
  if (input.length < size + FRAME_OVERHEAD_BYTES) return undefined;
  const channel = input.uint16(1);
  const end = input.at(HEAD_BYTES + size) as number;
  const payload = input.view(HEAD_BYTES, size);
  input.skip(size + FRAME_OVERHEAD_BYTES);
  if (end !== FRAME_END) return { kind: 'bad-end', type, payload, end };
  return { type, channel, payload };
}

const LEAST_METHOD_BYTES = 4;
const LEAST_HEADER_BYTES = 12;

/** Whether the type is known and the payload long enough for it; a heartbeat has none. */
export function isWellFormed({ type, payload }: Frame): boolean {
  switch (type) {
    case FRAME_METHOD:
      return payload.length >= LEAST_METHOD_BYTES;
    case FRAME_HEADER:
      return payload.length >= LEAST_HEADER_BYTES;
    case FRAME_BODY:
      return true;
    case FRAME_HEARTBEAT:
      return payload.length === 0;
    default:
      return false;
  }
}
