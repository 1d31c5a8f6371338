import { type FieldValue, fieldTypeName, isTable, TypedField } from './field-table.js';

/** A value as `io_lib:format` prints it: text as it is, everything else as a term. */
export function erlangText(value: FieldValue): string {
  if (typeof value === 'string') return value;
  return value instanceof TypedField && value.value instanceof Uint8Array ? latin1Of(value.value) : erlangTerm(value);
}

/** A value as `io_lib:format("~p")` prints it, on one line. */
export function erlangTerm(value: FieldValue): string {
  if (typeof value === 'string') return erlangBinary(value);
  if (value instanceof TypedField) {
    if (value.value instanceof Uint8Array) return erlangBinary(latin1Of(value.value));
    if (value.tag === 'D') return `{${value.scale},${value.value}}`;
    return value.tag === 'd' || value.tag === 'f' ? erlangFloat(Number(value.value)) : String(value.value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => `{${typed(item)}}`).join(',')}]`;
  if (isTable(value)) return `[${[...value].map(([key, item]) => `{${erlangBinary(key)},${typed(item)}}`).join(',')}]`;
  return value === null ? 'undefined' : String(value);
}

const typed = (value: FieldValue): string => `${fieldTypeName(value)},${erlangTerm(value)}`;

const latin1Of = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 64));

/** Shortest digits as `io_lib:format("~p")` prints them: `1.0e3`, `0.5`, `12.25`. */
export function erlangFloat(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) >= 1000 && /0{3}$/.test(String(value))) {
    const [mantissa, exponent] = value.toExponential().split('e+') as [string, string];
    return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${exponent}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** A name as `io_lib:format("~p")` prints it: in quotes unless it is a plain word. */
export function erlangAtom(name: string): string {
  return /^[a-z][\w@]*$/.test(name) ? name : `'${name}'`;
}

/** Bytes as `io_lib:format("~p")` prints them: none have no quotes. */
export function erlangBinary(text: string): string {
  return text === '' ? '<<>>' : `<<"${text}">>`;
}
