import type { Limits } from '../../core/limits.js';
import { AmqpError } from '../../models/amqp/index.js';
import { type AnyMethod, methodById } from './method.js';
import { endsWith, MalformedBytesError, MalformedTextError, Reader } from './reader.js';

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

/** Reads methods; publishers mostly repeat themselves, so that equal bytes give the publish of the time before. */
export class MethodReader {
  #last: ReadMethod | undefined;
  #lastBytes = new Uint8Array();

  /** @param payload of a method frame */
  read(payload: Uint8Array, limits: Limits): ReadMethod | UnreadableMethod {
    if (this.#last && endsWith(payload, 0, this.#lastBytes)) return this.#last;
    const read = readMethod(payload, limits);
    if ('refusal' in read || !read.method.content) return read;
    this.#last = read;
    this.#lastBytes = payload.slice();
    return read;
  }
}

function readMethod(payload: Uint8Array, limits: Limits): ReadMethod | UnreadableMethod {
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
