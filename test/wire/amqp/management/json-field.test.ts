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

test('a decimal is shown as its scale and its digits, bytes as text where they are some, void as a word', () => {
  expect(fieldToJson(new TypedField('D', 123, 2))).toBe(2.123);
  expect(fieldToJson(new TypedField('x', Buffer.from('é')))).toBe('é');
  expect(fieldToJson(new TypedField('x', Buffer.from([255, 65, 0xc3])))).toBe('Not UTF-8, base64 is: /0HD');
  expect(fieldToJson([null, new Map([['a', null]])])).toEqual(['undefined', { a: 'undefined' }]);
});

test('a name is only data', () => {
  const object = tableToJson(new Map([['__proto__', 'data']]));
  expect(Object.keys(object)).toEqual(['__proto__']);
});
