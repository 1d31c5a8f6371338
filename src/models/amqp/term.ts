import { type FieldValue, isTable, TypedField } from './field-table.js';

/** A value as Erlang prints it in RabbitMQ's error texts. */
export function erlangTerm(value: FieldValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof TypedField) {
    if (value.value instanceof Uint8Array) return String.fromCharCode(...value.value.subarray(0, 64));
    return value.tag === 'd' || value.tag === 'f' ? erlangFloat(Number(value.value)) : String(value.value);
  }
  if (Array.isArray(value)) return `[${value.map(erlangTerm).join(',')}]`;
  if (isTable(value)) return `[${[...value].map(([key, item]) => `{<<"${key}">>,${erlangTerm(item)}}`).join(',')}]`;
  return value === null ? 'undefined' : String(value);
}

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
