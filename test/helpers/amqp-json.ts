/**
 * Field tables and properties as the recordings write them: string is S, integer I (l beyond 32 bits), other number d,
 * boolean t, null V, array A, object F; `{"$t": tag, "v": value}` is any other type. A list of pairs keeps an order.
 */
import {
  type BasicProperties,
  type FieldTable,
  type FieldValue,
  PROPERTY_NAMES,
  TypedField,
  type TypedTag,
} from '../../src/models/amqp/index.js';

type Json = any;

export function tableFromJson(json: Json): FieldTable {
  const entries: Array<[string, Json]> = Array.isArray(json) ? json : Object.entries(json);
  return new Map(entries.map(([key, value]) => [key, fieldFromJson(value)]));
}

export function fieldFromJson(json: Json): FieldValue {
  if (json === null || typeof json === 'string' || typeof json === 'boolean') return json;
  if (typeof json === 'number') {
    if (!Number.isInteger(json)) return new TypedField('d', json);
    return new TypedField(Math.abs(json) <= 0x7fffffff ? 'I' : 'l', json);
  }
  if (Array.isArray(json)) return json.map(fieldFromJson);
  return '$t' in json ? typedFromJson(json.$t, json.v) : tableFromJson(json);
}

function typedFromJson(tag: string, value: Json): FieldValue {
  switch (tag) {
    case 'S':
      return value;
    case 't':
      return Boolean(value);
    case 'V':
      return null;
    case 'A':
      return value.map(fieldFromJson);
    case 'F':
      return tableFromJson(value);
    case 'x':
      return new TypedField('x', Buffer.from(value));
    case 'D':
      return new TypedField('D', value[1], value[0]);
    default:
      return new TypedField(tag as TypedTag, typeof value === 'string' ? BigInt(value) : value);
  }
}

export function tableToJson(table: FieldTable): Json {
  return Object.fromEntries([...table].map(([key, value]) => [key, fieldToJson(value)]));
}

export function fieldToJson(value: FieldValue): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(fieldToJson);
  if (!(value instanceof TypedField)) return tableToJson(value as FieldTable);
  const { tag } = value;
  if (tag === 'I') return value.value;
  if (tag === 'D') return { $t: tag, v: [value.scale, value.value] };
  if (tag === 'S') return Buffer.from(value.value as Uint8Array).toString('utf8');
  if (tag === 'x') return { $t: tag, v: Buffer.from(value.value as Uint8Array).toString('utf8') };
  return { $t: tag, v: typeof value.value === 'bigint' ? String(value.value) : value.value };
}

export function propertiesFromJson(json: Json): BasicProperties {
  const { headers, ...plain } = json;
  return headers === undefined ? plain : { ...plain, headers: tableFromJson(headers) };
}

export function propertiesToJson(properties: BasicProperties): Json {
  const found = PROPERTY_NAMES.map((name) => [name, properties[name]] as const).filter(([, v]) => v !== undefined);
  return Object.fromEntries(
    found.map(([name, value]) => [name, name === 'headers' ? tableToJson(value as FieldTable) : value]),
  );
}
