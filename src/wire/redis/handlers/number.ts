/** How Redis reads numbers out of arguments and stored strings. */
import { fitsInt64, NOT_A_FLOAT, NOT_AN_INTEGER, RedisError, strictInt64 } from '../../../models/redis/index.js';
import { addLongDouble, formatLongDouble, parseLongDouble } from '../long-double.js';
import { strictInteger } from '../request-parser.js';

export { fitsInt64, strictInt64 };

/** A signed 64-bit integer. @throws RedisError */
export function int64(text: string): bigint {
  const value = strictInt64(text);
  if (value === undefined) throw new RedisError(NOT_AN_INTEGER);
  return value;
}

/** An integer argument as a number; far values lose precision, which no count needs. @throws RedisError */
export function int(text: string): number {
  return strictInteger(text) ?? Number(int64(text));
}

/** A count of elements, from 0 up. @throws RedisError */
export function elementCount(text: string): number {
  return nonNegativeInt(text, 'ERR value is out of range, must be positive');
}

/** A count from 1 up. @throws RedisError with the line given for anything else */
export function positiveInt(text: string, line: string): number {
  const count = nonNegativeInt(text, line);
  if (count === 0) throw new RedisError(line);
  return count;
}

/** A count from 0 up. @throws RedisError with the line given for anything else */
export function nonNegativeInt(text: string, line: string): number {
  const count = strictInt64(text);
  if (count === undefined || count < 0n) throw new RedisError(line);
  return Number(count);
}

/** A floating point number, also `inf`. @throws RedisError */
export function float(text: string): number {
  const value = parseFloat64(text);
  if (value === undefined) throw new RedisError(NOT_A_FLOAT);
  return value;
}

export function parseFloat64(text: string): number | undefined {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  return infinite ? (infinite[1] === '-' ? -Infinity : Infinity) : undefined;
}

/** The sum of two decimal texts, as INCRBYFLOAT prints it. @throws RedisError */
export function addDecimals(present: string, increment: string): string {
  for (const text of [present, increment]) float(text);
  const [a, b] = [present, increment].map(parseLongDouble);
  if (!a || !b) throw new RedisError('ERR increment would produce NaN or Infinity');
  return formatLongDouble(addLongDouble(a, b));
}
