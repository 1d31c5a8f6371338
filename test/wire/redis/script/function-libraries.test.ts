import { expect, it } from 'vitest';
import { FunctionLibraries } from '../../../../src/wire/redis/script/function-libraries.js';

const library = (name: string, ...functions: string[]) => ({
  name,
  code: '',
  body: '',
  functions: functions.map((one) => ({ name: one, description: undefined, flags: [] })),
});

it('finds functions whatever their case, each in one library', () => {
  const libraries = new FunctionLibraries();
  libraries.put(library('a', 'f', 'g'));
  expect(libraries.find('F')).toMatchObject({ library: { name: 'a' } });
  expect(() => libraries.put(library('b', 'G'))).toThrow('Function G already exists');
  libraries.put(library('a', 'g', 'h'));
  expect([libraries.find('f'), libraries.find('h')?.target.name, libraries.has('A')]).toEqual([undefined, 'h', false]);
  expect([libraries.delete('a'), libraries.delete('a'), libraries.all()]).toEqual([true, false, []]);
});
