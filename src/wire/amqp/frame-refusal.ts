/** What a client is told whose frames cannot be taken, in RabbitMQ's words. */
import { AmqpError, type ErlangTerm, erlangBinary, erlangFormat, erlangRecord } from '../../models/amqp/index.js';
import { FRAME_OVERHEAD_BYTES, type Frame, type FrameFault } from './frame.js';

const SHOWN_OCTETS = 16;

/** A frame of a type that there is not, or too short for its type. */
export function unknownFrame({ type, payload }: Frame): AmqpError {
  return frameError(type, payload, 'unknown_frame');
}

/** A good frame where another one has to come. */
export function unexpectedFrame({ type, payload }: Frame): AmqpError {
  const [which, octets] = shown(payload);
  return new AmqpError('UNEXPECTED_FRAME', erlangFormat`type ${type}, ${which} octets = ${octets}`);
}

/** A frame that cannot be split off. */
export function faultyFrame(fault: FrameFault, frameMaxBytes: number): AmqpError {
  if (fault.kind === 'too-large') {
    const limit = frameMaxBytes - FRAME_OVERHEAD_BYTES;
    return frameError(fault.type, new Uint8Array(), erlangRecord('frame_too_large', String(fault.size), String(limit)));
  }
  return frameError(fault.type, fault.payload, erlangRecord('invalid_frame_end_marker', String(fault.end)));
}

function frameError(type: number, payload: Uint8Array, problem: ErlangTerm): AmqpError {
  const [which, octets] = shown(payload);
  return new AmqpError('FRAME_ERROR', erlangFormat`type ${type}, ${which} octets = ${octets}: ${problem}`);
}

function shown(payload: Uint8Array): [which: string, octets: ErlangTerm] {
  const which = payload.length > SHOWN_OCTETS ? `first ${SHOWN_OCTETS}` : 'all';
  return [which, erlangBinary(payload.subarray(0, SHOWN_OCTETS))];
}
