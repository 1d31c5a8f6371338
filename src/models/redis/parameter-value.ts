/** Checks of the values that CONFIG SET is given, and the form in which CONFIG GET shows them. */
import { strictInt64 } from './int64.js';
import type { Kind, NumberKind } from './parameter.js';

/** Why a value is refused, in the server's words. */
export class Refusal extends Error {}

/** @throws Refusal */
export function canonicalValue(kind: Kind, value: string): string {
  switch (kind.kind) {
    case 'text':
      refuseFor(kind.check?.(value));
      return value;
    case 'bool':
      return canonicalSwitch(value, kind.refusal);
    case 'int':
    case 'memory':
    case 'memory-or-percent':
      return canonicalNumber(kind, value);
    case 'choice':
      return canonicalChoice(kind.of, value, kind.several ?? false);
    case 'events':
      return canonicalEvents(value);
    case 'save':
      return canonicalSave(value);
    case 'percentiles':
      return canonicalPercentiles(value);
    case 'oom-scores':
      return canonicalScores(value);
    case 'fixed':
      throw new Refusal("can't set immutable config");
    case 'protected':
      throw new Refusal("can't set protected config");
    case 'output-limit':
      return value;
    default:
      return kind satisfies never;
  }
}

function refuseFor(reason: string | undefined): void {
  if (reason !== undefined) throw new Refusal(reason);
}

function canonicalSwitch(value: string, refusal: string | undefined): string {
  const on = value.toLowerCase();
  if (on !== 'yes' && on !== 'no') throw new Refusal("argument must be 'yes' or 'no'");
  if (on === 'yes') refuseFor(refusal);
  return on;
}

function canonicalNumber({ kind, min, max, clamp }: NumberKind, value: string): string {
  if (kind === 'memory-or-percent') return canonicalShare(value, min, max);
  const given = kind === 'int' ? strictInt64(value) : parseMemory(value);
  if (given === undefined) {
    throw new Refusal(
      kind === 'int' ? "argument couldn't be parsed into an integer" : 'argument must be a memory value',
    );
  }
  if (given < min || given > max) throw new Refusal(`argument must be between ${min} and ${max} inclusive`);
  if (!clamp) return String(given);
  const [least, most] = clamp;
  if (given < least) return String(least);
  if (given > most) return String(most);
  return String(given);
}

/** Bytes, or a percentage, which Redis keeps as a negative number. */
function canonicalShare(value: string, min: bigint, max: bigint): string {
  const percent = value.endsWith('%') ? strictInt64(value.slice(0, -1)) : undefined;
  const bytes = value.endsWith('%') ? undefined : parseMemory(value);
  const given = percent === undefined ? bytes && BigInt.asIntN(64, bytes) : -percent;
  if (given === undefined || (percent ?? 0n) < 0n) throw new Refusal('argument must be a memory or percent value');
  if (given < min) throw new Refusal(`percentage argument must be less or equal to ${-min}`);
  if (given > max) throw new Refusal(`argument must be between ${min} and ${max} inclusive`);
  return given < 0n ? `${-given}%` : String(given);
}

function canonicalChoice(of: readonly string[], value: string, several: boolean): string {
  const words = several ? value.toLowerCase().split(' ') : [value.toLowerCase()];
  if (!words.every((word) => of.includes(word))) {
    throw new Refusal(`argument(s) must be one of the following: ${of.join(', ')}`);
  }
  if (words.includes('save') && words.includes('nosave')) {
    throw new Refusal("shutdown options SAVE and NOSAVE can't be used simultaneously");
  }
  if (!several) return words[0] as string;
  const [none] = of;
  return of.filter((word) => word !== none && words.includes(word)).join(' ') || (none as string);
}

export const EVENT_CLASSES = 'g$lshzxetd';

function canonicalEvents(value: string): string {
  for (const char of value) {
    if (!'Ag$lshzxeKEtmdn'.includes(char)) {
      throw new Refusal("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
    }
  }
  const all = value.includes('A') || [...EVENT_CLASSES].every((flag) => value.includes(flag));
  const classes = all ? 'A' : [...`${EVENT_CLASSES}n`].filter((flag) => value.includes(flag)).join('');
  return classes + [...'KEm'].filter((flag) => value.includes(flag)).join('');
}

/** Pairs of seconds and changes. */
function canonicalSave(value: string): string {
  if (value === '') return '';
  const words = value.split(' ');
  const valid =
    words.length % 2 === 0 && words.every((word, i) => /^(?:\+?\d{1,9})?$/.test(word) && Number(word) >= 1 - (i % 2));
  if (!valid) throw new Refusal('Invalid save parameters');
  return words.map(Number).join(' ');
}

function canonicalPercentiles(value: string): string {
  if (value === '') return '';
  const numbers = value.split(' ').map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
  if (numbers.some(Number.isNaN)) throw new Refusal('Invalid latency-tracking-info-percentiles parameters');
  if (numbers.some((number) => number < 0 || number > 100)) {
    throw new Refusal('latency-tracking-info-percentiles parameters should sit between [0.0,100.0]');
  }
  return numbers.join(' ');
}

function canonicalScores(value: string): string {
  const words = value.split(' ');
  if (words.length !== 3) throw new Refusal('wrong number of arguments');
  if (!words.every((word) => /^[+-]?\d{1,9}$/.test(word) && Math.abs(Number(word)) <= 2_000)) {
    throw new Refusal('Invalid oom-score-adj-values, elements must be between -2000 and 2000.');
  }
  return words.map(Number).join(' ');
}

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['', 1n],
  ['b', 1n],
  ['k', 1000n],
  ['kb', 1024n],
  ['m', 1000n ** 2n],
  ['mb', 1024n ** 2n],
  ['g', 1000n ** 3n],
  ['gb', 1024n ** 3n],
]);
const ULONG_MAX = 2n ** 64n - 1n;

/** Bytes of `100mb` and the like, as Redis reads them: no digits are 0, and what is too much wraps around. */
export function parseMemory(value: string): bigint | undefined {
  const match = /^(\d{0,127})([a-z]*)$/i.exec(value);
  const unit = UNITS.get(match?.[2]?.toLowerCase() ?? '?');
  if (!match || unit === undefined) return undefined;
  const digits = BigInt(match[1] as string);
  return BigInt.asUintN(64, (digits > ULONG_MAX ? ULONG_MAX : digits) * unit);
}
