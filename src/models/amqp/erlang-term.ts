/** Terms as RabbitMQ shows them in its texts: printed by Erlang's `io_lib:format("~p")`, long ones over several lines. */

import { type FieldValue, fieldTypeName, isTable, TypedField } from './field-table.js';

/** A tuple or a list, printed on one line or with its elements below each other. */
interface Sequence {
  readonly open: '{' | '[';
  readonly close: '}' | ']';
  /** Whether it is a tuple that begins with an atom: the others are indented less where the atom is long. */
  readonly tagged: boolean;
  readonly items: readonly ErlangTerm[];
}

/** Bytes that are no text: their numbers fill the lines. */
interface Octets {
  readonly octets: readonly string[];
}

/** A term; what has no inner structure is kept as it is printed. */
export type ErlangTerm = string | Octets | Sequence;

/** Columns of a line, the first being 1. */
const LINE_LENGTH = 80;
/** Columns that the elements of a tagged tuple are indented by, most preferred first; -1 is below the first of them. */
const TAG_INDENTS = [-1, 4];
const LAST_RESORT_INDENT = 1;
/** A binary that is broken over lines has at least so many columns. */
const LEAST_BINARY_WIDTH = 8;

export function erlangTuple(...items: readonly ErlangTerm[]): ErlangTerm {
  return { open: '{', close: '}', tagged: false, items };
}

/** A tuple whose first element is an atom. */
export function erlangRecord(tag: string, ...items: readonly ErlangTerm[]): ErlangTerm {
  return { open: '{', close: '}', tagged: items.length > 0, items: [erlangAtom(tag), ...items] };
}

export function erlangList(items: readonly ErlangTerm[]): ErlangTerm {
  return items.length === 0 ? '[]' : { open: '[', close: ']', tagged: false, items };
}

/** A name: in quotes unless it is a plain word. */
export function erlangAtom(name: string): string {
  return /^[a-z][\w@]*$/.test(name) ? name : `'${escaped(name, "'")}'`;
}

/** A list of characters. */
export const erlangString = (text: string): string => `"${escaped(text, '"')}"`;

/** Bytes or text: between quotes when all of it is printable in Latin-1, else as numbers. */
export function erlangBinary(value: Uint8Array | string): ErlangTerm {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  if (bytes.length === 0) return '<<>>';
  if (bytes.every(isPrintable)) return `<<${erlangString(Buffer.from(bytes).toString())}>>`;
  return { octets: Array.from(bytes, String) };
}

const isPrintable = (byte: number): boolean =>
  (byte >= 0x20 && byte <= 0x7e) || byte >= 0xa0 || (byte >= 0x08 && byte <= 0x0d) || byte === 0x1b;

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
};

const escaped = (text: string, quote: string): string =>
  text.replace(/[\b\t\n\v\f\r\x1b"'\\]/g, (char) =>
    (char === '"' || char === "'") && char !== quote ? char : (ESCAPES[char] ?? `\\${char}`),
  );

/** The shortest digits that stand for a float: with an exponent where that is shorter, and from 2^53 on. */
export function erlangFloat(value: number): string {
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const scientific = `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${exponent.replace('+', '')}`;
  if (Math.abs(value) >= 2 ** 53) return scientific;
  const fixed = plainDigits(mantissa, Number(exponent));
  return scientific.length < fixed.length ? scientific : fixed;
}

function plainDigits(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** A value of a field table. */
export function erlangTerm(value: FieldValue): ErlangTerm {
  if (typeof value === 'string') return erlangBinary(value);
  if (value instanceof TypedField) {
    if (value.value instanceof Uint8Array) return erlangBinary(value.value);
    if (value.tag === 'D') return erlangTuple(String(value.scale), String(value.value));
    return value.tag === 'd' || value.tag === 'f' ? erlangFloat(Number(value.value)) : String(value.value);
  }
  if (Array.isArray(value)) {
    return erlangList(value.map((item) => erlangRecord(fieldTypeName(item), erlangTerm(item))));
  }
  if (isTable(value)) {
    return erlangList(
      [...value].map(([key, item]) => erlangTuple(erlangBinary(key), fieldTypeName(item), erlangTerm(item))),
    );
  }
  return value === null ? 'undefined' : String(value);
}

/** A value that came from JSON, as field values or as it is: without types of its own. */
export function erlangJson(value: unknown): ErlangTerm {
  if (Array.isArray(value)) return erlangList(value.map(erlangJson));
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : erlangFloat(value);
  if (typeof value !== 'object' || value instanceof TypedField) return erlangTerm(value as FieldValue);
  const pairs = value instanceof Map ? [...value] : Object.entries(value);
  return `#{${pairs.map(([key, item]) => `${onOneLine(erlangBinary(key))} => ${onOneLine(erlangJson(item))}`).join(',')}}`;
}

/** A value as `io_lib:format` shows it with `~s` when it is text, else with `~p`, from a column on. */
export function erlangText(value: FieldValue, column = 1): string {
  if (typeof value === 'string') return value;
  if (value instanceof TypedField && value.value instanceof Uint8Array) return Buffer.from(value.value).toString();
  return printTerm(erlangTerm(value), column);
}

/**
 * A text with values in it: strings as they are, terms printed from the column that they begin at, as `io_lib:format`
 * does with `~s` and `~p`.
 */
export function erlangFormat(parts: TemplateStringsArray, ...values: readonly (ErlangTerm | number)[]): string {
  return parts.reduce((text, part, index) => {
    const value = values[index - 1] as ErlangTerm | number;
    const column = text.length - text.lastIndexOf('\n');
    return text + (typeof value === 'object' ? printTerm(value, column) : value) + part;
  });
}

/** Prints a term that begins at a column, the first being 1. */
export function printTerm(term: ErlangTerm, column = 1): string {
  if (lengthOf(term) < LINE_LENGTH - column) return onOneLine(term);
  for (const tagIndent of TAG_INDENTS) {
    const layout = new Layout(lengthOf(term), tagIndent);
    const printed = layout.print(term, { column, indent: column - 1, closing: 0, used: 0 });
    if (!layout.tooDeep) return printed;
  }
  return new Layout(lengthOf(term), LAST_RESORT_INDENT).print(term, {
    column,
    indent: column - 1,
    closing: 0,
    used: 0,
  });
}

const onOneLine = (term: ErlangTerm): string => {
  if (typeof term === 'string') return term;
  if ('octets' in term) return `<<${term.octets.join(',')}>>`;
  return `${term.open}${term.items.map(onOneLine).join(',')}${term.close}`;
};

const lengthOf = (term: ErlangTerm): number => Buffer.byteLength(onOneLine(term));

/** Where something is printed. */
interface Place {
  /** The first is 1. */
  readonly column: number;
  /** Spaces in front of each further line. */
  readonly indent: number;
  /** Brackets that close right behind it. */
  readonly closing: number;
  /** Characters that stand on the line behind its indentation. */
  readonly used: number;
}

/** Elements below each other, as many words on a line as fit; the steps of Erlang's `io_lib_pretty`. */
class Layout {
  /** Whether a tag pushed the elements behind it into the right half of the line. */
  tooDeep = false;
  readonly #longest: number;
  readonly #tagIndent: number;

  constructor(longest: number, tagIndent: number) {
    this.#longest = longest;
    this.#tagIndent = tagIndent;
  }

  print(term: ErlangTerm, at: Place): string {
    if (typeof term === 'string' || this.#fits(term, at)) return onOneLine(term);
    if ('octets' in term) return this.#octets(term.octets, at);
    const inside = { ...at, used: at.used + 1 };
    const printed = term.tagged
      ? this.#tagged(term.items, inside)
      : this.#items(term.items, { ...inside, column: at.column + 1, indent: at.indent + 1 });
    return `${term.open}${printed}${term.close}`;
  }

  #fits(term: ErlangTerm, { column, closing, used }: Place): boolean {
    const length = lengthOf(term);
    return length < LINE_LENGTH - column - closing && length + used + closing <= this.#longest;
  }

  #tagged([tag, ...rest]: readonly ErlangTerm[], at: Place): string {
    const behindTag = lengthOf(tag as ErlangTerm) + 2;
    const indented = this.#tagIndent > 0 && behindTag > this.#tagIndent;
    const step = indented ? this.#tagIndent : behindTag;
    const column = at.column + step;
    if (indented ? column > LINE_LENGTH / 2 : column >= LINE_LENGTH / 2) this.tooDeep = true;
    const inside = { ...at, column, indent: at.indent + step, used: at.used + behindTag - 2 };
    return indented
      ? `${tag}${this.#further(rest, inside, at.column + behindTag)}`
      : `${tag},${this.#items(rest, { ...inside, used: inside.used + 1 })}`;
  }

  #items([first, ...rest]: readonly ErlangTerm[], at: Place): string {
    const closing = rest.length > 0 ? 0 : at.closing + 1;
    const { text, width } = this.#item(first as ErlangTerm, { ...at, closing });
    return text + this.#further(rest, { ...at, used: at.used + width }, at.column + width);
  }

  /** Elements that follow others, the last of which ended at a column. */
  #further(items: readonly ErlangTerm[], at: Place, from: number): string {
    let column = from;
    let used = at.used;
    let printed = '';
    items.forEach((item, index) => {
      const closing = index < items.length - 1 ? 0 : at.closing + 1;
      const behind = Math.max(closing, 1);
      const length = 1 + lengthOf(item);
      if (
        typeof item === 'string' &&
        length + behind < LINE_LENGTH - column &&
        used + length + behind <= this.#longest
      ) {
        printed += `,${item}`;
        column += length;
        used += length;
        return;
      }
      const { text, width } = this.#item(item, { ...at, closing, used: 0 });
      printed += `,\n${' '.repeat(at.indent)}${text}`;
      column = at.column + width;
      used = width;
    });
    return printed;
  }

  /** An element and its width; nothing goes on the line behind what has an inner structure. */
  #item(item: ErlangTerm, at: Place): { text: string; width: number } {
    const isWord = typeof item === 'string' && this.#fits(item, at);
    return { text: this.print(item, at), width: isWord ? lengthOf(item) : LINE_LENGTH };
  }

  #octets(octets: readonly string[], { column, indent, closing, used }: Place): string {
    const width = Math.max(LEAST_BINARY_WIDTH, Math.min(LINE_LENGTH - column - 2, this.#longest - 4 - used) - closing);
    let left = width;
    let printed = '';
    octets.forEach((octet, index) => {
      const isLast = index === octets.length - 1;
      const length = octet.length + (isLast ? 0 : 1);
      if (length > left) {
        printed += `\n${' '.repeat(indent + 2)}`;
        left = width;
      }
      printed += isLast ? octet : `${octet},`;
      left -= length;
    });
    return `<<${printed}>>`;
  }
}
