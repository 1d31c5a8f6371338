import { packCanonical, unpackCanonical } from './codec.js';
import { BrokerError } from './errors.js';

/** The whole state of a broker at one instant. Opaque to users; `snapshotToBytes` writes it to a file. */
export interface Snapshot {
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly atMs: number;
  /** States of the generators: the doors', then one a model. */
  readonly random: ReadonlyArray<readonly number[]>;
  /** One entry a model. */
  readonly models: ReadonlyMap<string, unknown>;
}

export const SNAPSHOT_FORMAT = 1;

/** Canonical bytes of a snapshot: equal states give equal bytes. */
export function snapshotToBytes(snapshot: Snapshot): Uint8Array {
  return packCanonical(snapshot);
}

/** @throws BrokerError INVALID_SNAPSHOT when the bytes are none, or of another format */
export function snapshotFromBytes(bytes: Uint8Array): Snapshot {
  let fields: unknown;
  try {
    fields = unpackCanonical(bytes);
  } catch (cause) {
    throw new BrokerError('INVALID_SNAPSHOT', 'these bytes are no snapshot', { cause });
  }
  const [format, atMs, random, models] = ['format', 'atMs', 'random', 'models'].map((name) =>
    fields instanceof Map ? fields.get(name) : undefined,
  );
  const whole = typeof atMs === 'number' && Array.isArray(random) && models instanceof Map;
  if (format !== SNAPSHOT_FORMAT || !whole) {
    throw new BrokerError('INVALID_SNAPSHOT', `these bytes are no snapshot of format ${SNAPSHOT_FORMAT}`);
  }
  return { format, atMs, random, models };
}
