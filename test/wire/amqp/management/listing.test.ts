import { describe, expect, test } from 'vitest';
import { list, pages, single } from '../../../../src/wire/amqp/management/listing.js';
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
const pagesOf = (query: string) => pages(new URLSearchParams(query), items).body;

describe('a list', () => {
  test('sorts numbers by their value, and by a path', () => {
    expect(of('sort=size&columns=size')).toEqual([{ size: 9 }, { size: 10 }]);
    expect(pagesOf('sort=owner.name&sort_reverse=true&columns=name')).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  test('of one shows all columns where it is asked for a page', () => {
    expect(single(new URLSearchParams('columns=name&page=1'), { name: 'a', size: 1 }).body).toEqual({
      name: 'a',
      size: 1,
    });
  });

  test('shows columns that lie deeper, and leaves out what is not there', () => {
    expect(single(new URLSearchParams('columns=owner.name,nope,name.first'), items[0] as object as never).body).toEqual(
      {
        owner: { name: 'x' },
      },
    );
  });

  test('is in the order of vhosts and names, then of everything, backwards when asked', () => {
    expect(of('sort_reverse=true&columns=name')).toEqual([{ name: 'b' }, { name: 'a' }]);
    const rows = [
      { vhost: 'v', to: 'b' },
      { to: [] },
      { to: 'b', n: 1 },
      { to: {} },
      { to: true },
      { to: 7 },
      { to: [1] },
    ];
    expect(list(new URLSearchParams(), rows).body).toEqual([
      { to: 7 },
      { to: true },
      { to: {} },
      { to: [] },
      { to: [1] },
      { to: 'b', n: 1 },
      { vhost: 'v', to: 'b' },
    ]);
  });

  test('sorts by nothing that it does not show, unless it has pages', () => {
    expect(of('sort=size&sort_reverse=true&columns=name')).toEqual([{ name: 'b' }, { name: 'a' }]);
    expect(pagesOf('sort=size&columns=name')).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  test('shows nothing at all as a list', () => {
    expect(of('columns=nope')).toEqual([[], []]);
  });

  test('has pages only where RabbitMQ has them', async () => {
    const world = new AmqpWorld();
    const bodyOf = async (path: string) => (await world.http('GET', `/api/${path}?page=1`)).body;
    for (const path of ['queues', 'exchanges', 'vhosts', 'connections', 'channels', 'connections/username/u']) {
      expect(await bodyOf(path)).toMatchObject({ page: 1, page_size: 100 });
    }
    for (const path of ['bindings', 'users', 'policies', 'permissions', 'consumers', 'nodes', 'parameters']) {
      expect(await bodyOf(path)).toBeInstanceOf(Array);
    }
  });

  test('filters pages by name, in letters of either case', () => {
    expect(pagesOf('page=1&name=A')).toMatchObject({ filtered_count: 1, total_count: 2, items: [{ name: 'a' }] });
    expect(pagesOf('page=1&name=^A&use_regex=true')).toMatchObject({ filtered_count: 1 });
  });

  test('refuses pages that are not there', () => {
    const refused = (error: string, reason: string) =>
      expect.objectContaining({ status: 400, body: { error, reason } });
    const outOfRange = 'Page out of range, page: 3 page size: 100, len: 2';
    expect(() => pagesOf('page=3')).toThrow(refused('page_out_of_range', outOfRange));
    const unreadable = refused('bad_request', 'Pagination parameters are invalid');
    for (const query of ['page=x', 'page=', 'page=1.5', 'page_size=x', 'page=1&name=(&use_regex=true']) {
      expect(() => pagesOf(query)).toThrow(unreadable);
    }
    const wrong = 'Invalid pagination parameters: page number 0, page size undefined';
    expect(() => pagesOf('page=0')).toThrow(refused('invalid_pagination_parameters', wrong));
    expect(pagesOf('page=1&name=none')).toMatchObject({ items: [], page_count: 0 });
  });
});
