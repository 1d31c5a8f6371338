/**
 * The arithmetic of INCRBYFLOAT: decimal texts as x87 long doubles (64 bits of mantissa), exactly, by whole numbers.
 * A double would lose what clients see: 5.6 + 5000 is `5005.60000000000000009` in Redis.
 */

/** `mantissa * 2^exponent`. */
export interface LongDouble {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const MANTISSA_BITS = 64;
/** Beyond it a long double is infinite, or zero. */
const LARGEST_EXPONENT = 4_932;
const FRACTION_DIGITS = 17;

const bitLength = (value: bigint): number => value.toString(2).length;
const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** The long double next to a decimal text; undefined when it is none, or too large. */
export function parseLongDouble(text: string): LongDouble | undefined {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,6}))?$/i.exec(text);
  if (!match || (match[2] === '' && match[3] === '')) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const exponent = Number(power) - fraction.length;
  if (digits === 0n || exponent + whole.length + fraction.length < -LARGEST_EXPONENT)
    return { mantissa: 0n, exponent: 0 };
  if (exponent + whole.length > LARGEST_EXPONENT) return undefined;
  if (exponent >= 0) return rounded(digits * 10n ** BigInt(exponent), 0, false);
  const divisor = 10n ** BigInt(-exponent);
  // Enough bits for the mantissa and the one that decides about rounding.
  const shift = Math.max(0, MANTISSA_BITS + 2 + bitLength(divisor) - bitLength(abs(digits)));
  const dividend = abs(digits) << BigInt(shift);
  const quotient = dividend / divisor;
  return rounded(digits < 0n ? -quotient : quotient, -shift, quotient * divisor !== dividend);
}

/** The sum, rounded once. */
export function addLongDouble(a: LongDouble, b: LongDouble): LongDouble {
  const exponent = Math.min(a.exponent, b.exponent);
  const aligned = (value: LongDouble) => value.mantissa << BigInt(value.exponent - exponent);
  return rounded(aligned(a) + aligned(b), exponent, false);
}

/** Rounds to 64 bits, half to even. `inexact`: something was cut off behind the last bit. */
function rounded(mantissa: bigint, exponent: number, inexact: boolean): LongDouble {
  const size = abs(mantissa);
  const excess = size === 0n ? 0 : bitLength(size) - MANTISSA_BITS;
  if (excess <= 0) return { mantissa, exponent };
  const shift = BigInt(excess);
  const kept = roundedDivision(size, 1n << shift, inexact);
  return { mantissa: mantissa < 0n ? -kept : kept, exponent: exponent + excess };
}

/** `dividend / divisor` to the nearest, half to even unless something was cut off below. */
function roundedDivision(dividend: bigint, divisor: bigint, inexact: boolean): bigint {
  const quotient = dividend / divisor;
  const doubled = (dividend - quotient * divisor) * 2n;
  if (doubled > divisor || (doubled === divisor && (inexact || quotient % 2n === 1n))) return quotient + 1n;
  return quotient;
}

/** Fixed notation with up to 17 fractional digits, no trailing zeros. */
export function formatLongDouble({ mantissa, exponent }: LongDouble): string {
  const scaled = abs(mantissa) * 10n ** BigInt(FRACTION_DIGITS);
  const units = exponent >= 0 ? scaled << BigInt(exponent) : roundedDivision(scaled, 1n << BigInt(-exponent), false);
  const digits = units.toString().padStart(FRACTION_DIGITS + 1, '0');
  const fraction = digits.slice(-FRACTION_DIGITS).replace(/0+$/, '');
  const text = digits.slice(0, -FRACTION_DIGITS) + (fraction === '' ? '' : `.${fraction}`);
  return mantissa < 0n && text !== '0' ? `-${text}` : text;
}
