/**
 * Where the keys of a request are, and what the command does with each: Redis's key specifications.
 *
 * Written as `RW access delete @1..-2`: flags, where to begin (`@1` at an index, `KEYS@-2` behind a word looked for from
 * an index on, `?` unknown), and how far the keys go: `..-2` to the last argument but one, `..1` to the one behind the
 * first, `/2` every second argument, `%2` the first half, `#` as many as the number there says. A remark stands behind
 * ` -- `.
 *
 * @see https://redis.io/docs/latest/develop/reference/key-specs/
 */
import { strictInteger } from './request-parser.js';

export interface KeySpec {
  /** `RO`, `access`, `not_key`, …, as COMMAND INFO lists them. */
  readonly flags: readonly string[];
  /** Undefined where nobody can tell without knowing the command. */
  readonly place: KeyPlace | undefined;
  readonly notes: string | undefined;
}

export interface KeyPlace {
  /** A word that stands before the keys. */
  readonly keyword: string | undefined;
  /** Index of the first key, or where to begin to look for the word; negative is from the end backwards. */
  readonly at: number;
  /** The keys stand behind their number. */
  readonly counted: boolean;
  /** Index of the last key, relative to the first; negative counts from the end. */
  readonly last: number;
  readonly step: number;
  /** Only this part of the arguments are keys; 0 is all. */
  readonly limit: number;
}

/** A key of a request. */
export interface KeyReference {
  /** Index among the arguments. */
  readonly at: number;
  readonly flags: readonly string[];
}

const FORM = /^([a-zA-Z_ ]+) (?:\?|([A-Z]*)@(-?\d+)(#)?(?:\.\.(-?\d+))?(?:\/(\d+))?(?:%(\d+))?)(?: -- (.*))?$/;

/** Reads the written form. */
export function keySpec(written: string): KeySpec {
  const [, flags = '', keyword, at, counted, last, step, limit, notes] = FORM.exec(written) ?? [];
  const place =
    at === undefined
      ? undefined
      : {
          keyword: keyword === '' ? undefined : keyword,
          at: Number(at),
          counted: counted !== undefined,
          last: Number(last ?? 0),
          step: Number(step ?? 1),
          limit: Number(limit ?? 0),
        };
  return { flags: flags.split(' '), place, notes };
}

/**
 * The keys of a request in the order of the specifications.
 *
 * @param channels whether shard channels count, which have a slot as keys have
 * @returns undefined where a specification does not tell: it is unknown, incomplete, or the request does not follow it
 */
export function locateKeys(
  specs: readonly KeySpec[],
  args: readonly string[],
  channels = false,
): KeyReference[] | undefined {
  const found: KeyReference[] = [];
  for (const { flags, place } of specs) {
    if (flags.includes('not_key') && !channels) continue;
    if (!place) return undefined;
    const first = place.keyword === undefined ? place.at : behindWord(place.keyword, place.at, args);
    // A word that is not there announces no keys.
    if (first === undefined) continue;
    const range = rangeFrom(first, place, args);
    if (!range || range.last >= args.length || range.last < range.first) return undefined;
    for (let at = range.first; at <= range.last; at += place.step) found.push({ at, flags });
    if (flags.includes('incomplete')) return undefined;
  }
  return found;
}

function behindWord(word: string, from: number, args: readonly string[]): number | undefined {
  const isWord = (arg: string) => arg.toUpperCase() === word;
  // Nothing can stand behind the last argument.
  const last = args.length - 1;
  const at =
    from > 0
      ? args.findIndex((arg, i) => i >= from && i < last && isWord(arg))
      : args.findLastIndex((arg, i) => i > 1 && i <= args.length + from && isWord(arg));
  return at === -1 ? undefined : at + 1;
}

function rangeFrom(
  first: number,
  { counted, last, limit }: KeyPlace,
  args: readonly string[],
): { first: number; last: number } | undefined {
  if (counted) {
    const count = strictInteger(args[first] ?? '');
    return count === undefined || count < 0 ? undefined : { first: first + 1, last: first + count };
  }
  if (last >= 0) return { first, last: first + last };
  const end = limit === 0 ? args.length : first + Math.floor((args.length - first) / limit);
  return { first, last: end + last };
}
