import { expect, test } from 'vitest';
import { supportedApis } from '../../../src/wire/kafka/support.js';

test('the table names each API once, in the order of its key, with the versions that are served', () => {
  const table = supportedApis();
  expect(table.map(({ key }) => key)).toEqual([...new Set(table.map(({ key }) => key))].sort((a, b) => a - b));
  expect(table.find(({ name }) => name === 'Produce')).toEqual({
    name: 'Produce',
    key: 0,
    standard: [3, 11],
    lean: [3, 7],
  });
  expect(table.find(({ name }) => name === 'ApiVersions')).toMatchObject({ standard: [0, 4] });
});
