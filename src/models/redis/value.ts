/** What a key can hold. Strings are byte strings. */
export type RedisValue = string | HashValue | ListValue | SetValue | SortedSetValue;

export class HashValue {
  readonly fields = new Map<string, string>();
}

export class ListValue {
  items: string[] = [];
}

export class SetValue {
  readonly members = new Set<string>();
}

/** Members with scores; ordered by score, then by bytes. */
export class SortedSetValue {
  readonly scores = new Map<string, number>();

  /** Members in order. */
  sorted(): Array<readonly [member: string, score: number]> {
    return [...this.scores].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  }
}

export type TypeName = 'string' | 'hash' | 'list' | 'set' | 'zset';

export function typeName(value: RedisValue): TypeName {
  if (typeof value === 'string') return 'string';
  if (value instanceof HashValue) return 'hash';
  if (value instanceof ListValue) return 'list';
  if (value instanceof SetValue) return 'set';
  return 'zset';
}

/** True for a collection without elements, which disappears. */
export function isEmptyCollection(value: RedisValue): boolean {
  if (value instanceof HashValue) return value.fields.size === 0;
  if (value instanceof ListValue) return value.items.length === 0;
  if (value instanceof SetValue) return value.members.size === 0;
  return typeof value !== 'string' && value.scores.size === 0;
}

const ENTRY_OVERHEAD = 64;
const ELEMENT_OVERHEAD = 24;

/** Bytes that a key and its value are counted with; an estimate that only depends on their content. */
export function estimateBytes(key: string, value: RedisValue): number {
  const base = ENTRY_OVERHEAD + key.length;
  if (typeof value === 'string') return base + value.length;
  let bytes = base;
  if (value instanceof HashValue) for (const [f, v] of value.fields) bytes += f.length + v.length + ELEMENT_OVERHEAD;
  else if (value instanceof ListValue) for (const item of value.items) bytes += item.length + ELEMENT_OVERHEAD;
  else if (value instanceof SetValue) for (const member of value.members) bytes += member.length + ELEMENT_OVERHEAD;
  else for (const member of value.scores.keys()) bytes += member.length + ELEMENT_OVERHEAD + 8;
  return bytes;
}

/** A copy that shares nothing mutable. */
export function cloneValue(value: RedisValue): RedisValue {
  if (typeof value === 'string') return value;
  if (value instanceof HashValue) {
    const copy = new HashValue();
    for (const [field, content] of value.fields) copy.fields.set(field, content);
    return copy;
  }
  if (value instanceof ListValue) {
    const copy = new ListValue();
    copy.items = value.items.slice();
    return copy;
  }
  if (value instanceof SetValue) {
    const copy = new SetValue();
    for (const member of value.members) copy.members.add(member);
    return copy;
  }
  const copy = new SortedSetValue();
  for (const [member, score] of value.scores) copy.scores.set(member, score);
  return copy;
}
