import { packCanonical, unpackCanonical } from './codec.js';
import { BrokerError } from './errors.js';

/** The whole state of a broker at one instant. Opaque to users; `toBytes` writes it to a file. */
export interface Snapshot {
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly atMs: number;
  readonly random: readonly number[];
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
  if (!(fields instanceof Map) || fields.get('format') !== SNAPSHOT_FORMAT) {
    throw new BrokerError('INVALID_SNAPSHOT', `these bytes are no snapshot of format ${SNAPSHOT_FORMAT}`);
  }
  return {
    format: SNAPSHOT_FORMAT,
    atMs: fields.get('atMs') as number,
    random: fields.get('random') as number[],
    models: fields.get('models') as Map<string, unknown>,
  };
}
