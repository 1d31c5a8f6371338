import type { Limits } from '../../core/limits.js';
import { AmqpError } from '../../models/amqp/index.js';
import { type AnyMethod, methodById } from './method.js';
import { MalformedBytesError, MalformedTextError, Reader } from './reader.js';

export interface ReadMethod {
  readonly method: AnyMethod;
  readonly values: unknown;
}

export interface MethodPlace {
  readonly classId: number;
  readonly methodId: number;
}

/** Why a method cannot be read, and which one the client is told that it was; none where RabbitMQ names none. */
export interface UnreadableMethod {
  readonly refusal: AmqpError;
  readonly place: MethodPlace | undefined;
}

/** Reads the payload of a method frame. */
export function readMethod(payload: Uint8Array, limits: Limits): ReadMethod | UnreadableMethod {
  const reader = new Reader(payload, 0, payload.length, limits);
  const classId = reader.uint16();
  const methodId = reader.uint16();
  const method = methodById(classId, methodId);
  if (!method) {
    const text = `method ${methodId} of class ${classId} is unknown; AMQP 0-9-1 is spoken here`;
    return { refusal: new AmqpError('NOT_IMPLEMENTED', text), place: { classId, methodId } };
  }
  try {
    return { method, values: method.codec.read(reader) };
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    if (error instanceof MalformedTextError) {
      return { refusal: new AmqpError('FRAME_ERROR', error.message), place: undefined };
    }
    const text = `cannot decode <<${payload.subarray(4).join(',')}>>`;
    return { refusal: new AmqpError('FRAME_ERROR', text), place: method };
  }
}
