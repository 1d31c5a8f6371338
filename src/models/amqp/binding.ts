import type { Exchange } from './exchange.js';
import { type FieldTable, type FieldValue, fieldTag, isTable, TypedField } from './field-table.js';
import type { Queue } from './queue.js';

/** Where a binding leads. */
export type Destination = Queue | Exchange;

/** A way from an exchange to a queue or a further exchange. */
export class Binding {
  readonly source: Exchange;
  readonly destination: Destination;
  readonly routingKey: string;
  readonly arguments: FieldTable;
  /** Equal for bindings that are the same: destination, key and arguments with their types. */
  readonly identity: string;

  constructor(source: Exchange, destination: Destination, routingKey: string, args: FieldTable) {
    this.source = source;
    this.destination = destination;
    this.routingKey = routingKey;
    this.arguments = args;
    this.identity = bindingIdentity(destination, routingKey, args);
  }

  /** Survives a restart: both ends do. */
  get durable(): boolean {
    return this.source.durable && this.destination.durable;
  }
}

/** The identity that a binding of this destination, key and arguments would have in its exchange. */
export function bindingIdentity(
  destination: { readonly kind: 'queue' | 'exchange'; readonly name: string },
  routingKey: string,
  args: FieldTable,
): string {
  const head = `${destination.kind[0]}${destination.name.length}:${destination.name}${routingKey.length}:${routingKey}`;
  return args.size === 0 ? head : head + canonicalText(args);
}

/** A text that is equal for equal values only; order of keys does not matter. */
export function canonicalText(value: FieldValue): string {
  const tag = fieldTag(value);
  if (typeof value === 'string') return `${tag}${value.length}:${value}`;
  if (value instanceof TypedField) return `${tag}${value.scale};${String(value.value)};`;
  if (isTable(value)) {
    const items = [...value].map(([key, item]) => `${key.length}:${key}${canonicalText(item)}`);
    return `F{${items.sort().join('')}}`;
  }
  return Array.isArray(value) ? `A[${value.map(canonicalText).join('')}]` : `${tag}${String(value)};`;
}
