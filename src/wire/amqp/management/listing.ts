import { Pattern } from '../../../models/amqp/index.js';
import type { HttpResponse } from '../../http/index.js';
import { badRequest, json, ManagementError, orInvalidPattern } from './answer.js';

type Item = Readonly<Record<string, unknown>>;

const LARGEST_PAGE = 500;

/** Answers a list with what the query asks for: `name`, `sort`, `page`, `columns`. */
export function list(query: URLSearchParams, all: readonly Item[]): HttpResponse {
  const sorted = sort(query, all);
  if (!query.has('page')) return json(sorted.map((item) => columns(query, item)));
  const page = wholeNumber(query.get('page'), 1);
  const pageSize = wholeNumber(query.get('page_size'), 100);
  if (page < 1 || pageSize < 1 || pageSize > LARGEST_PAGE) {
    const reason = `Invalid pagination parameters: page number ${page}, page size ${pageSize}`;
    throw new ManagementError(400, { error: 'invalid_pagination_parameters', reason });
  }
  const isNamed = nameFilter(query);
  const filtered = sorted.filter((item) => isNamed(String(item.name)));
  const pageCount = Math.max(1, Math.ceil(filtered.length / pageSize));
  if (page > pageCount) {
    const reason = `Page out of range, page: ${page} page size: ${pageSize}, len: ${filtered.length}`;
    throw new ManagementError(400, { error: 'page_out_of_range', reason });
  }
  const items = filtered.slice((page - 1) * pageSize, page * pageSize).map((item) => columns(query, item));
  return json({
    filtered_count: filtered.length,
    item_count: items.length,
    items,
    page,
    page_count: pageCount,
    page_size: pageSize,
    total_count: all.length,
  });
}

/** What `name` says: a part of the name, or with `use_regex` a pattern of it. */
function nameFilter(query: URLSearchParams): (name: string) => boolean {
  const wanted = query.get('name') ?? '';
  if (query.get('use_regex') !== 'true') return (name) => name.includes(wanted);
  const pattern = orInvalidPattern(wanted, () => new Pattern(wanted));
  return (name) => pattern.test(name);
}

/** Answers one thing, with the columns that the query asks for. */
export function single(query: URLSearchParams, item: Item): HttpResponse {
  return json(columns(query, item));
}

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

function sort(query: URLSearchParams, items: readonly Item[]): readonly Item[] {
  const by = query.get('sort');
  if (!by) return items;
  const path = by.split('.');
  const direction = query.get('sort_reverse') === 'true' ? -1 : 1;
  return [...items].sort((a, b) => direction * compare(valueAt(a, path), valueAt(b, path)));
}

function valueAt(item: Item, path: readonly string[]): unknown {
  let value: unknown = item;
  for (const name of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined;
    value = (value as Item)[name];
  }
  return value;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a ?? ''), String(b ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}

function wholeNumber(text: string | null, fallback: number): number {
  if (text === null) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value)) throw badRequest('Pagination parameters are invalid');
  return value;
}
