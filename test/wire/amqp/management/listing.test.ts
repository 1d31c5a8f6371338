import { describe, expect, test } from 'vitest';
import { list, single } from '../../../../src/wire/amqp/management/listing.js';
import { AmqpWorld } from '../../../helpers/amqp-wire.js';

test('lists take columns, sort and pages', async () => {
  const world = new AmqpWorld();
  for (const name of ['b', 'a', 'c']) await world.http('PUT', `/api/queues/%2F/${name}`, {});
  expect((await world.http('GET', '/api/queues?columns=name&sort=name&sort_reverse=true')).body).toEqual([
    { name: 'c' },
    { name: 'b' },
    { name: 'a' },
  ]);
  expect((await world.http('GET', '/api/queues?page=2&page_size=2&columns=name')).body).toEqual({
    filtered_count: 3,
    item_count: 1,
    items: [{ name: 'c' }],
    page: 2,
    page_count: 2,
    page_size: 2,
    total_count: 3,
  });
});

const items = [
  { name: 'b', size: 10, owner: { name: 'x' } },
  { name: 'a', size: 9, owner: { name: 'y' } },
];
const of = (query: string) => list(new URLSearchParams(query), items).body;

describe('a list', () => {
  test('sorts numbers by their value, and by a path', () => {
    expect(of('sort=size&columns=size')).toEqual([{ size: 9 }, { size: 10 }]);
    expect(of('sort=owner.name&sort_reverse=true&columns=name')).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  test('shows columns that lie deeper, and leaves out what is not there', () => {
    expect(single(new URLSearchParams('columns=owner.name,nope,name.first'), items[0] as object as never).body).toEqual(
      {
        owner: { name: 'x' },
      },
    );
  });

  test('filters pages by name', () => {
    expect(of('page=1&name=a')).toMatchObject({ filtered_count: 1, total_count: 2, items: [{ name: 'a' }] });
  });

  test('refuses pages that are not there', () => {
    const refused = (error: string, reason: string) =>
      expect.objectContaining({ status: 400, body: { error, reason } });
    const outOfRange = 'Page out of range, page: 3 page size: 100, len: 2';
    expect(() => of('page=3')).toThrow(refused('page_out_of_range', outOfRange));
    expect(() => of('page=x')).toThrow(refused('bad_request', 'Pagination parameters are invalid'));
  });
});
