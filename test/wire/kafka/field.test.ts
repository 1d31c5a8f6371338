import { expect, it } from 'vitest';
import { array, int32, string, struct } from '../../../src/wire/kafka/field.js';

it('each word says one thing more, and the field before it stays as it was', () => {
  const field = string.nullable(2).since(3).until(5).tag(1);
  expect(field.options).toMatchObject({ since: 3, until: 5, nullableSince: 2, tag: 1 });
  expect(string.options).toMatchObject({ since: 0, until: Number.POSITIVE_INFINITY, tag: undefined });
});

it('a list holds plain values or structures', () => {
  expect(array(int32).type).toEqual({ kind: 'array', element: { kind: 'int32' } });
  const fields = { name: string };
  expect(array(fields).type).toEqual({ kind: 'array', element: { kind: 'struct', fields } });
  expect(struct(fields).type).toEqual({ kind: 'struct', fields });
});
