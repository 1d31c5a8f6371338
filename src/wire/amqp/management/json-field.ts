import {
  type ErlangTerm,
  erlangBinary,
  erlangJson,
  erlangList,
  erlangTuple,
  type FieldTable,
  type FieldValue,
  TypedField,
} from '../../../models/amqp/index.js';
import { badRequest } from './answer.js';

/**
 * A JSON value as a field value, as RabbitMQ reads it: whole numbers become `l`, others `d`. Null has no place.
 *
 * @throws ManagementError 400 for null
 */
export function fieldFromJson(json: unknown): FieldValue {
  switch (typeof json) {
    case 'string':
    case 'boolean':
      return json;
    case 'number':
      return new TypedField(Number.isInteger(json) ? 'l' : 'd', json);
    default:
      if (Array.isArray(json)) return json.map(fieldFromJson);
      if (json === null) throw badRequest('null_not_allowed');
      return tableFromJson(json as Record<string, unknown>);
  }
}

/** One setting as RabbitMQ shows a list of those that it does not know. */
export function settingTerm(key: string, value: unknown): ErlangTerm {
  return erlangList([erlangTuple(erlangBinary(key), erlangJson(value))]);
}

/** A JSON object as a field table. */
export function tableFromJson(json: Readonly<Record<string, unknown>>): FieldTable {
  return new Map(Object.entries(json).map(([key, value]) => [key, fieldFromJson(value)]));
}

/**
 * A field value as JSON, as RabbitMQ writes it: void is a word, bytes are text as far as they are UTF-8, and a
 * decimal is its scale, a point and its digits.
 */
export function fieldToJson(value: FieldValue): unknown {
  if (value === null) return 'undefined';
  if (value instanceof TypedField) {
    if (value.value instanceof Uint8Array) return textOfBytes(value.value);
    return Number(value.tag === 'D' ? `${value.scale}.${value.value}` : value.value);
  }
  if (Array.isArray(value)) return value.map(fieldToJson);
  return value instanceof Map ? tableToJson(value) : value;
}

function textOfBytes(bytes: Uint8Array): string {
  return utf8(bytes) ?? `Not UTF-8, base64 is: ${Buffer.from(bytes).toString('base64')}`;
}

/** Bytes as text, undefined when they are none. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A field table as a JSON object without a prototype, so that any name is only data. */
export function tableToJson(table: FieldTable): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, value] of table) object[key] = fieldToJson(value);
  return object;
}
