import { encodeText } from '../../core/message.js';
import type { Binding } from './binding.js';
import { preconditionFailed } from './errors.js';
import type { Matcher, Routed } from './exchange-type.js';
import {
  bytesEqual,
  EMPTY_TABLE,
  type FieldTable,
  type FieldValue,
  fieldEquals,
  fieldTypeName,
  isNumeric,
  TypedField,
} from './field-table.js';
import { type Match, toMatch } from './match.js';
import { erlangTerm } from './term.js';

const MODES = ['all', 'any', 'all-with-x', 'any-with-x'] as const;
type Mode = (typeof MODES)[number];

interface HeadersBinding {
  readonly binding: Binding;
  readonly any: boolean;
  readonly wanted: ReadonlyArray<readonly [name: string, value: FieldValue]>;
}

/** @throws AmqpError PRECONDITION_FAILED for an `x-match` that is none */
export function validateHeadersBinding(args: FieldTable): void {
  const mode = args.get('x-match');
  if (mode === undefined || MODES.includes(mode as Mode)) return;
  if (typeof mode === 'string') {
    throw preconditionFailed(`Invalid x-match field value <<"${mode}">>; expected all, any, all-with-x, or any-with-x`);
  }
  throw preconditionFailed(
    `Invalid x-match field type ${fieldTypeName(mode)} (value ${erlangTerm(mode)}); expected longstr`,
  );
}

/** Bindings by arguments instead of keys. */
export class HeadersMatcher implements Matcher {
  readonly #bindings = new Map<Binding, HeadersBinding>();
  readonly #looseNumbers: boolean;

  constructor(looseNumbers: boolean) {
    this.#looseNumbers = looseNumbers;
  }

  add(binding: Binding): void {
    this.#bindings.set(binding, readBinding(binding));
  }

  remove(binding: Binding): void {
    this.#bindings.delete(binding);
  }

  match(_routingKey: string, message: Routed): Match {
    const headers = message.properties.headers ?? EMPTY_TABLE;
    const found = [];
    for (const entry of this.#bindings.values()) {
      if (matches(entry, headers, this.#looseNumbers)) found.push(entry.binding.destination);
    }
    return toMatch(found);
  }
}

function readBinding(binding: Binding): HeadersBinding {
  const mode = (binding.arguments.get('x-match') ?? 'all') as Mode;
  const withX = mode.endsWith('-with-x');
  const wanted = [...binding.arguments].filter(([name]) => (withX ? name !== 'x-match' : !name.startsWith('x-')));
  return { binding, any: mode.startsWith('any'), wanted };
}

function matches({ any, wanted }: HeadersBinding, headers: FieldTable, looseNumbers: boolean): boolean {
  for (const [name, value] of wanted) {
    const actual = headers.get(name);
    if ((actual !== undefined && headerMatches(value, actual, looseNumbers)) === any) return any;
  }
  return !any;
}

/** Whether a header satisfies a binding's argument: void asks for presence only, numbers compare by value. */
export function headerMatches(wanted: FieldValue, actual: FieldValue, looseNumbers: boolean): boolean {
  if (wanted === null) return true;
  if (isNumeric(wanted)) {
    if (!isNumeric(actual)) return false;
    if (!looseNumbers && isFloat(wanted) !== isFloat(actual)) return false;
    // Loose comparison is exact between numbers and bigints.
    // biome-ignore lint/suspicious/noDoubleEquals: see above
    return wanted.value == actual.value;
  }
  if (typeof wanted === 'string' && typeof actual === 'string') return wanted === actual;
  const wantedBytes = bytesOf(wanted);
  const actualBytes = wantedBytes && bytesOf(actual);
  return wantedBytes && actualBytes ? bytesEqual(wantedBytes, actualBytes) : fieldEquals(wanted, actual);
}

const isFloat = (value: TypedField): boolean => value.tag === 'd' || value.tag === 'f';

/** Text and bytes are equal where their bytes are. */
function bytesOf(value: FieldValue): Uint8Array | undefined {
  if (typeof value === 'string') return encodeText(value);
  return value instanceof TypedField && value.value instanceof Uint8Array ? value.value : undefined;
}
