import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';

// Plain MessagePack, readable by every other implementation: no record structures, maps stay maps.
const packr = new Packr({ useRecords: false, variableMapSize: true });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true });
const canonical = new Packr({ useRecords: false, variableMapSize: true });
const canonicalReader = new Unpackr({ useRecords: false, mapsAsObjects: false });
// What the package makes of the one byte that MessagePack never uses.
const UNUSED = unpackr.unpack(Uint8Array.of(0xc1));

/** A value as MessagePack. */
export function pack(value: unknown): Uint8Array {
  return packr.pack(value);
}

/** A MessagePack body as a plain value; maps with string keys become objects. @throws Error when it is none */
export function unpack(bytes: Uint8Array): unknown {
  const value = unpackr.unpack(bytes);
  if (value === UNUSED) throw new Error('the byte 0xc1 is never used');
  return value;
}

/**
 * Canonical bytes: equal values give equal bytes, whatever the order in which maps and objects were filled.
 * Objects come back as maps, see `unpackCanonical`.
 */
export function packCanonical(value: unknown): Uint8Array {
  return canonical.pack(sortKeys(value));
}

/** Reads what `packCanonical` wrote; every object or map is a `Map`, so that a name is only ever data. */
export function unpackCanonical(bytes: Uint8Array): unknown {
  return canonicalReader.unpack(bytes);
}

function sortKeys(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(sortKeys);
  const entries: Array<[unknown, unknown]> = value instanceof Map ? [...value] : Object.entries(value);
  return new Map(
    entries.map(([key, item]): [unknown, unknown] => [key, sortKeys(item)]).sort((a, b) => compare(a[0], b[0])),
  );
}

function compare(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) return typeof a < typeof b ? -1 : 1;
  return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
}
