/** Places, distances and units as the GEO commands take and give them. */
import { LARGEST_LATITUDE, LARGEST_LONGITUDE, type Place, RedisError } from '../../../models/redis/index.js';
import { array, bulk, type Protocol } from '../reply.js';
import { float, parseFloat64 } from './number.js';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['m', 1],
  ['km', 1000],
  ['ft', 0.3048],
  ['mi', 1609.34],
]);

/** Metres of a unit. @throws RedisError */
export function unitOf(text: string): number {
  const unit = UNITS.get(text.toLowerCase());
  if (unit === undefined) throw new RedisError('ERR unsupported unit provided. please use M, KM, FT, MI');
  return unit;
}

/** The place of which longitude and latitude stand at an index. @throws RedisError */
export function placeOf(args: readonly string[], at: number): Place {
  const longitude = float(args[at] as string);
  const latitude = float(args[at + 1] as string);
  if (Math.abs(longitude) > LARGEST_LONGITUDE || Math.abs(latitude) > LARGEST_LATITUDE) {
    const shown = [longitude, latitude].map(sixDigits).join(',');
    throw new RedisError(`ERR invalid longitude,latitude pair ${shown}`);
  }
  return { longitude, latitude };
}

/** As C prints with `%f`. */
const sixDigits = (value: number): string => (Number.isFinite(value) ? value.toFixed(6) : value > 0 ? 'inf' : '-inf');

/** A number that goes by a name. @throws RedisError */
export function numberOf(text: string | undefined, name: string): number {
  const number = parseFloat64(text ?? '');
  if (number === undefined) throw new RedisError(`ERR need numeric ${name}`);
  return number;
}

/** A distance with four digits behind the point. */
export function fixedPoint(value: number): string {
  const digits = String(Math.round(value * 10_000)).padStart(5, '0');
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

/** Longitude and latitude. */
export function placeReply({ longitude, latitude }: Place, protocol: Protocol): string {
  return array([longitude, latitude].map((value) => coordinate(value, protocol)));
}

/** With 17 digits behind the point, less the zeros at the end. */
function coordinate(value: number, protocol: Protocol): string {
  const text = value.toFixed(17).replace(/\.?0+$/, '');
  return protocol === 3 ? `,${text}\r\n` : bulk(text);
}
