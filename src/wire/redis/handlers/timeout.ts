/** How long blocking commands wait. */
import { RedisError } from '../../../models/redis/index.js';
import { parseFloat64, strictInt64 } from './number.js';

/** Redis keeps times as 64-bit integers of milliseconds. */
export const TIME_LIMIT_MS = 2 ** 63;

/**
 * A timeout argument in milliseconds; 0 waits for ever.
 *
 * @param unit what the argument is given in: whole milliseconds, or seconds with a fraction
 * @throws RedisError
 */
export function parseTimeoutMs(text: string, unit: 'seconds' | 'milliseconds'): number {
  let ms: number;
  if (unit === 'milliseconds') {
    const value = strictInt64(text);
    if (value === undefined) throw new RedisError('ERR timeout is not an integer or out of range');
    ms = Number(value);
  } else {
    const value = parseFloat64(text);
    if (value === undefined) throw new RedisError('ERR timeout is not a float or out of range');
    ms = Math.ceil(value * 1000);
    if (ms >= TIME_LIMIT_MS) throw new RedisError('ERR timeout is out of range');
  }
  if (ms < 0) throw new RedisError('ERR timeout is negative');
  return ms;
}
