import { expect, test } from 'vitest';
import { TypedField } from '../../../../src/models/amqp/index.js';
import { fieldToJson, tableFromJson, tableToJson } from '../../../../src/wire/amqp/management/json-field.js';

test('whole numbers become 64 bits, others double precision, and all come back', () => {
  const json = { n: 1, d: 1.5, t: 'text', b: true, list: [1, 'a', [false]], table: { deep: { n: -1 } } };
  const table = tableFromJson(json);
  expect(table.get('n')).toEqual(new TypedField('l', 1));
  expect(table.get('d')).toEqual(new TypedField('d', 1.5));
  expect(JSON.parse(JSON.stringify(tableToJson(table)))).toEqual(json);
});

test('null has no place', () => {
  expect(() => tableFromJson({ x: null })).toThrow(expect.objectContaining({ status: 400 }));
});

test('a decimal is shown as a number, bytes as base64', () => {
  expect(fieldToJson(new TypedField('D', 1234, 2))).toBe(12.34);
  expect(fieldToJson(new TypedField('x', Buffer.from([255])))).toBe('/w==');
});

test('a name is only data', () => {
  const object = tableToJson(new Map([['__proto__', 'data']]));
  expect(Object.keys(object)).toEqual(['__proto__']);
});
