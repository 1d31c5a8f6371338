import { type BasicProperties, type FieldTable, NO_PROPERTIES, PROPERTY_NAMES } from '../../models/amqp/index.js';
import { type FieldType, readField, writeField } from './field.js';
import { endsWith, MalformedBytesError, Reader } from './reader.js';
import type { Writer } from './writer.js';

/** Class, weight and body size in front of the property flags. */
const HEAD_BYTES = 12;
const BASIC_CLASS = 60;

/** Types of the properties, in the order of their flags from bit 15 down. */
const TYPES: readonly Exclude<FieldType, 'bit'>[] = [
  'shortstr', // content-type
  'shortstr', // content-encoding
  'table', // headers
  'octet', // delivery-mode
  'octet', // priority
  'shortstr', // correlation-id
  'shortstr', // reply-to
  'shortstr', // expiration
  'shortstr', // message-id
  'timestamp', // timestamp
  'shortstr', // type
  'shortstr', // user-id
  'shortstr', // app-id
  'shortstr', // cluster-id
];
const CONTINUATION_FLAG = 1;
const NO_FLAGS = new Uint8Array(2);

/** A content header that announces a body. */
export interface ContentHead {
  readonly classId: number;
  readonly weight: number;
  readonly bodyBytes: number;
}

/** The fixed part of a content header; undefined when it is not there whole. */
export function readContentHead(payload: Uint8Array): ContentHead | undefined {
  if (payload.length < HEAD_BYTES + 2) return undefined;
  const reader = new Reader(payload);
  return { classId: reader.uint16(), weight: reader.uint16(), bodyBytes: reader.uint64() };
}

/**
 * Properties as they came from a client. The bytes are kept, so that a message that passes untouched leaves with the
 * very tags and order of headers that it came with.
 */
export class WireProperties implements BasicProperties {
  /** Flags and values as they stand in the content header. */
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined = undefined;
  readonly contentEncoding: string | undefined = undefined;
  readonly headers: FieldTable | undefined = undefined;
  readonly deliveryMode: number | undefined = undefined;
  readonly priority: number | undefined = undefined;
  readonly correlationId: string | undefined = undefined;
  readonly replyTo: string | undefined = undefined;
  readonly expiration: string | undefined = undefined;
  readonly messageId: string | undefined = undefined;
  readonly timestamp: number | bigint | undefined = undefined;
  readonly type: string | undefined = undefined;
  readonly userId: string | undefined = undefined;
  readonly appId: string | undefined = undefined;
  readonly clusterId: string | undefined = undefined;

  /** @throws MalformedBytesError */
  constructor(bytes: Uint8Array, reader: Reader) {
    this.bytes = bytes;
    const flags = reader.uint16();
    if (flags & CONTINUATION_FLAG) throw new MalformedBytesError('property flags go on in a second word');
    const values = this as Record<string, unknown>;
    for (let i = 0; i < TYPES.length; i++) {
      if (flags & (0x8000 >> i)) {
        values[PROPERTY_NAMES[i] as string] = readField(reader, TYPES[i] as Exclude<FieldType, 'bit'>);
      }
    }
    if (reader.left > 0) throw new MalformedBytesError(`${reader.left} bytes behind the properties`);
  }
}

/** Reads properties; publishers mostly repeat themselves, so that equal bytes give the object of the time before. */
export class PropertyReader {
  #last: WireProperties | undefined;

  /** @param payload of a content header @throws MalformedBytesError */
  read(payload: Uint8Array, limits: Reader['limits']): BasicProperties {
    if (endsWith(payload, HEAD_BYTES, NO_FLAGS)) return NO_PROPERTIES;
    const last = this.#last;
    if (last && endsWith(payload, HEAD_BYTES, last.bytes)) return last;
    // A copy of its own: the frame may be a view on a large chunk that the message must not keep alive.
    const own = payload.slice(HEAD_BYTES);
    const properties = new WireProperties(own, new Reader(own, 0, own.length, limits));
    this.#last = properties;
    return properties;
  }
}

/** Writes the payload of a content header. */
export function writeContentHeader(writer: Writer, properties: BasicProperties, bodyBytes: number): void {
  writer.uint16(BASIC_CLASS);
  writer.uint16(0);
  writer.uint64(bodyBytes);
  if (properties instanceof WireProperties) return writer.bytes(properties.bytes);
  let flags = 0;
  for (let i = 0; i < TYPES.length; i++) {
    if (valueAt(properties, i) !== undefined) flags |= 0x8000 >> i;
  }
  writer.uint16(flags);
  for (let i = 0; i < TYPES.length; i++) {
    if (flags & (0x8000 >> i)) writeField(writer, TYPES[i] as Exclude<FieldType, 'bit'>, valueAt(properties, i));
  }
}

function valueAt(properties: BasicProperties, index: number): unknown {
  return properties[PROPERTY_NAMES[index] as keyof BasicProperties];
}
