/** What a client is told whose frames cannot be taken, in RabbitMQ's words. */
import { AmqpError } from '../../models/amqp/index.js';
import { erlangOctets } from './erlang-text.js';
import { FRAME_OVERHEAD_BYTES, type Frame, type FrameFault } from './frame.js';

/** A frame of a type that there is not, or too short for its type. */
export function unknownFrame({ type, payload }: Frame): AmqpError {
  return new AmqpError('FRAME_ERROR', `type ${type}, ${erlangOctets(payload)}: unknown_frame`);
}

/** A good frame where another one has to come. */
export function unexpectedFrame({ type, payload }: Frame): AmqpError {
  return new AmqpError('UNEXPECTED_FRAME', `type ${type}, ${erlangOctets(payload)}`);
}

/** A frame that cannot be split off. */
export function faultyFrame(fault: FrameFault, frameMaxBytes: number): AmqpError {
  const text =
    fault.kind === 'too-large'
      ? `${erlangOctets(new Uint8Array())}: {frame_too_large,${fault.size},${frameMaxBytes - FRAME_OVERHEAD_BYTES}}`
      : `${erlangOctets(fault.payload)}: {invalid_frame_end_marker,${fault.end}}`;
  return new AmqpError('FRAME_ERROR', `type ${fault.type}, ${text}`);
}
