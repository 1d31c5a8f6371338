const MIN_64 = -(2n ** 63n);
const MAX_64 = 2n ** 63n - 1n;

/** A signed 64-bit integer in strict form; undefined for anything else. */
export function strictInt64(text: string): bigint | undefined {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return fitsInt64(value) ? value : undefined;
}

export function fitsInt64(value: bigint): boolean {
  return value >= MIN_64 && value <= MAX_64;
}
