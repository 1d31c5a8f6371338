import { encodeText } from '../../core/message.js';
import type { Binding, Destination } from './binding.js';
import { erlangFormat, erlangTerm } from './erlang-term.js';
import { preconditionFailed } from './errors.js';
import type { Exchange } from './exchange.js';
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
import { type Match, NO_MATCH } from './match.js';
import type { Queue } from './queue.js';

const MODES = ['all', 'any', 'all-with-x', 'any-with-x'] as const;
type Mode = (typeof MODES)[number];

/** A destination, named once for each message however many of its bindings match. */
interface Target {
  readonly destination: Destination;
  bindingCount: number;
  /** The message that it was named for last. */
  round: number;
}

/** A binding, and how far the message that is being matched satisfies it. */
interface HeadersBinding {
  readonly target: Target;
  /** Pairs that have to be there: one of those wanted, or all. */
  readonly neededCount: number;
  readonly wanted: ReadonlyArray<readonly [name: string, value: FieldValue]>;
  /** The message that counted last; what it counted. */
  round: number;
  hitCount: number;
}

/** A match in the making. */
interface Found {
  readonly queues: Queue[];
  readonly exchanges: Exchange[];
}

/** A value that bindings want of one header, and who they are. */
interface WantedValue {
  readonly value: FieldValue;
  readonly bindings: HeadersBinding[];
}

/** What bindings want of one header. */
interface WantedHeader {
  /** Values that equal a plain key and nothing else. */
  readonly byKey: Map<string | number | boolean, WantedValue>;
  /** The others, to be compared one by one. */
  readonly others: WantedValue[];
}

/** @throws AmqpError PRECONDITION_FAILED for an `x-match` that is none */
export function validateHeadersBinding(args: FieldTable): void {
  const mode = args.get('x-match');
  if (mode === undefined || MODES.includes(mode as Mode)) return;
  if (typeof mode === 'string') {
    throw preconditionFailed(
      erlangFormat`Invalid x-match field value ${erlangTerm(mode)}; expected all, any, all-with-x, or any-with-x`,
    );
  }
  throw preconditionFailed(
    erlangFormat`Invalid x-match field type ${fieldTypeName(mode)} (value ${erlangTerm(mode)}); expected longstr`,
  );
}

/**
 * Bindings by arguments instead of keys. Each header of a message finds the bindings that want just that, and each of
 * those counts its hits: the work grows with the bindings that are hit, not with those there are.
 */
export class HeadersMatcher implements Matcher {
  readonly #bindings = new Map<Binding, HeadersBinding>();
  readonly #wanted = new Map<string, WantedHeader>();
  /** Those of mode `all` that want nothing. */
  readonly #undemanding = new Set<HeadersBinding>();
  readonly #targets = new Map<Destination, Target>();
  readonly #looseNumbers: boolean;
  #round = 0;

  constructor(looseNumbers: boolean) {
    this.#looseNumbers = looseNumbers;
  }

  add(binding: Binding): void {
    const entry = readBinding(binding, this.#targetOf(binding.destination));
    entry.target.bindingCount++;
    this.#bindings.set(binding, entry);
    if (entry.neededCount === 0) this.#undemanding.add(entry);
    for (const [name, value] of entry.wanted) this.#wantedValue(name, value).bindings.push(entry);
  }

  remove(binding: Binding): void {
    const entry = this.#bindings.get(binding);
    if (!entry) return;
    this.#bindings.delete(binding);
    this.#undemanding.delete(entry);
    if (--entry.target.bindingCount === 0) this.#targets.delete(binding.destination);
    for (const [name, value] of entry.wanted) {
      const wanted = this.#wantedValue(name, value);
      wanted.bindings.splice(wanted.bindings.indexOf(entry), 1);
      if (wanted.bindings.length === 0) this.#forget(name, wanted);
    }
  }

  match(_routingKey: string, message: Routed): Match {
    const headers = message.properties.headers ?? EMPTY_TABLE;
    const found: Found = { queues: [], exchanges: [] };
    const round = ++this.#round;
    for (const { target } of this.#undemanding) addTarget(target, round, found);
    for (const [header, actual] of headers) {
      const wanted = this.#wanted.get(header);
      if (wanted) this.#matchHeader(wanted, actual, found);
    }
    return found.queues.length + found.exchanges.length === 0 ? NO_MATCH : found;
  }

  #matchHeader(header: WantedHeader, actual: FieldValue, found: Found): void {
    const key = this.#keyOf(actual);
    if (key === undefined) {
      for (const wanted of header.byKey.values()) this.#compare(wanted, actual, found);
    } else {
      const wanted = header.byKey.get(key);
      if (wanted) this.#hit(wanted, found);
    }
    for (const wanted of header.others) this.#compare(wanted, actual, found);
  }

  #compare(wanted: WantedValue, actual: FieldValue, found: Found): void {
    if (headerMatches(wanted.value, actual, this.#looseNumbers)) this.#hit(wanted, found);
  }

  #hit({ bindings }: WantedValue, found: Found): void {
    const round = this.#round;
    for (let n = 0; n < bindings.length; n++) {
      const entry = bindings[n] as HeadersBinding;
      if (entry.round !== round) {
        entry.round = round;
        entry.hitCount = 0;
      }
      if (++entry.hitCount === entry.neededCount) addTarget(entry.target, round, found);
    }
  }

  #targetOf(destination: Destination): Target {
    let target = this.#targets.get(destination);
    if (!target) {
      target = { destination, bindingCount: 0, round: 0 };
      this.#targets.set(destination, target);
    }
    return target;
  }

  #wantedValue(name: string, value: FieldValue): WantedValue {
    let header = this.#wanted.get(name);
    if (!header) {
      header = { byKey: new Map(), others: [] };
      this.#wanted.set(name, header);
    }
    const key = this.#keyOf(value);
    const found =
      key === undefined ? header.others.find((other) => fieldEquals(other.value, value)) : header.byKey.get(key);
    if (found) return found;
    const wanted = { value, bindings: [] };
    if (key === undefined) header.others.push(wanted);
    else header.byKey.set(key, wanted);
    return wanted;
  }

  #forget(name: string, wanted: WantedValue): void {
    const header = this.#wanted.get(name) as WantedHeader;
    const key = this.#keyOf(wanted.value);
    if (key === undefined) header.others.splice(header.others.indexOf(wanted), 1);
    else header.byKey.delete(key);
    if (header.byKey.size + header.others.length === 0) this.#wanted.delete(name);
  }

  /** A key that two values share when, and only when, they match each other; undefined where none can be given. */
  #keyOf(value: FieldValue): string | number | boolean | undefined {
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    if (value === null || !isNumeric(value) || (isFloat(value) && !this.#looseNumbers)) return undefined;
    const number = value.value;
    // Beyond 2^53 a number may equal a bigint; NaN equals nothing.
    return typeof number === 'number' && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : undefined;
  }
}

function addTarget(target: Target, round: number, { queues, exchanges }: Found): void {
  if (target.round === round) return;
  target.round = round;
  const { destination } = target;
  if (destination.kind === 'queue') queues.push(destination);
  else exchanges.push(destination);
}

function readBinding(binding: Binding, target: Target): HeadersBinding {
  const mode = (binding.arguments.get('x-match') ?? 'all') as Mode;
  const withX = mode.endsWith('-with-x');
  const wanted = [...binding.arguments].filter(([name]) => (withX ? name !== 'x-match' : !name.startsWith('x-')));
  return { target, neededCount: mode.startsWith('any') ? 1 : wanted.length, wanted, round: 0, hitCount: 0 };
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
