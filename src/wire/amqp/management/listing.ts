import { Pattern, PatternError } from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { badRequest, json, ManagementError } from './answer.js';

type Item = Readonly<Record<string, unknown>>;

const LARGEST_PAGE = 500;
const PAGE_SIZE = 100;
/** What decides where nothing else does. */
const DEFAULT_SORTS: readonly string[] = ['vhost', 'name'];

/**
 * Answers a list in the order and with the columns that the query asks for. Columns that are not shown do not sort.
 *
 * @param defaults columns that it is sorted by behind the one that is asked for
 */
export function list(query: URLSearchParams, all: readonly Item[], defaults = DEFAULT_SORTS): HttpResponse {
  const items = all.map((item) => columns(query, item));
  return json(sort(query, items, defaults).map(shown));
}

/** Answers a list as `list` does, or one page of it: `page`, `page_size`, `name`, `use_regex`. */
export function pages(query: URLSearchParams, all: readonly Item[]): HttpResponse {
  const page = wholeNumber(query.get('page'));
  const pageSize = wholeNumber(query.get('page_size'));
  const show = (items: readonly Item[]) => items.map((item) => shown(columns(query, item)));
  const sorted = sort(query, all, DEFAULT_SORTS);
  if (page === undefined) return json(show(sorted));
  const size = pageSize ?? PAGE_SIZE;
  if (page < 1 || size < 1 || size > LARGEST_PAGE) {
    const reason = `Invalid pagination parameters: page number ${page}, page size ${pageSize}`;
    throw new ManagementError(400, { error: 'invalid_pagination_parameters', reason });
  }
  const isNamed = nameFilter(query);
  const filtered = sorted.filter((item) => isNamed(String(item.name)));
  const from = (page - 1) * size;
  if (from > 0 && from >= filtered.length) {
    const reason = `Page out of range, page: ${page} page size: ${size}, len: ${filtered.length}`;
    throw new ManagementError(400, { error: 'page_out_of_range', reason });
  }
  const items = show(filtered.slice(from, from + size));
  return json({
    filtered_count: filtered.length,
    item_count: items.length,
    items,
    page,
    page_count: Math.ceil(filtered.length / size),
    page_size: size,
    total_count: all.length,
  });
}

/** What `name` says: a part of the name, or with `use_regex` a pattern of it, in letters of either case. */
function nameFilter(query: URLSearchParams): (name: string) => boolean {
  const wanted = query.get('name') ?? '';
  if (query.get('use_regex') !== 'true') return (name) => name.toLowerCase().includes(wanted.toLowerCase());
  const pattern = orUnreadable(() => new Pattern(wanted, { caseless: true }));
  return (name) => pattern.test(name);
}

/** Answers one thing, with the columns that the query asks for; where it asks for a page, with all of them. */
export function single(query: URLSearchParams, item: Item): HttpResponse {
  return json(query.has('page') ? item : shown(columns(query, item)));
}

/** RabbitMQ writes nothing at all as a list. */
const shown = (item: Item): unknown => (Object.keys(item).length === 0 ? [] : item);

function columns(query: URLSearchParams, item: Item): Item {
  const asked = query.get('columns');
  if (!asked) return item;
  const picked: Record<string, unknown> = {};
  for (const path of asked.split(',')) copyPath(item, picked, path.split('.'));
  return picked;
}

function copyPath(from: Item, to: Record<string, unknown>, path: readonly string[]): void {
  const [name, ...rest] = path as [string, ...string[]];
  if (!Object.hasOwn(from, name)) return;
  const value = from[name];
  if (rest.length === 0) {
    to[name] = value;
    return;
  }
  if (value === null || typeof value !== 'object') return;
  if (!Object.hasOwn(to, name)) to[name] = {};
  copyPath(value as Item, to[name] as Record<string, unknown>, rest);
}

function sort(query: URLSearchParams, items: readonly Item[], defaults: readonly string[]): readonly Item[] {
  const asked = query.get('sort');
  const paths = [...(asked ? [asked] : []), ...defaults].map((path) => path.split('.'));
  const sorted = [...items].sort((a, b) => {
    for (const path of paths) {
      const order = compare(valueAt(a, path), valueAt(b, path));
      if (order !== 0) return order;
    }
    return compare(Object.values(a), Object.values(b));
  });
  return query.get('sort_reverse') === 'true' ? sorted.reverse() : sorted;
}

/** What is not there counts as 0. */
function valueAt(item: Item, path: readonly string[]): unknown {
  let value: unknown = item;
  for (const name of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return 0;
    value = (value as Item)[name];
  }
  return value;
}

/** Values in the order of Erlang's: numbers, words, objects, lists, texts. */
function compare(a: unknown, b: unknown): number {
  const [left, right] = [rank(a), rank(b)];
  if (left !== right) return left - right;
  if (Array.isArray(a) && Array.isArray(b)) {
    const at = a.findIndex((item, i) => i >= b.length || compare(item, b[i]) !== 0);
    return at === -1 || at >= b.length ? a.length - b.length : compare(a[at], b[at]);
  }
  if (typeof a === 'object' && a !== null) return compare(Object.values(a), Object.values(b as Item));
  return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
}

function rank(value: unknown): number {
  if (typeof value === 'number') return 0;
  if (typeof value === 'string') return 4;
  if (value === null || typeof value !== 'object') return 1;
  return Array.isArray(value) ? 3 : 2;
}

function wholeNumber(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw unreadable();
  return Number(text);
}

function orUnreadable<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof PatternError ? unreadable() : error;
  }
}

const unreadable = (): ManagementError => badRequest('Pagination parameters are invalid');
