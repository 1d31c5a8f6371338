/**
 * Cluster mode as one node sees it: 16 384 hash slots, all its own until CLUSTER DELSLOTS gives some away.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
 */
import { RedisError } from './errors.js';

export const SLOT_COUNT = 16_384;

/** CRC-16/XMODEM: polynomial 0x1021, start 0, not reflected. */
const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0);
  return crc & 0xffff;
});

function crc16(bytes: string): number {
  let crc = 0;
  for (let i = 0; i < bytes.length; i++) {
    crc = ((crc << 8) ^ (CRC_TABLE[((crc >> 8) ^ bytes.charCodeAt(i)) & 0xff] as number)) & 0xffff;
  }
  return crc;
}

/** The slot of a key or shard channel; of a key with a non-empty `{tag}` only the first tag counts. */
export function keySlot(key: string): number {
  const open = key.indexOf('{');
  const close = open === -1 ? -1 : key.indexOf('}', open + 1);
  return crc16(close > open + 1 ? key.slice(open + 1, close) : key) % SLOT_COUNT;
}

/** The slots that the node owns, and the epoch of that configuration. */
export class ClusterSlots {
  /** 0 until it is set or bumped. */
  epoch = 0;
  readonly #missing = new Set<number>();

  owns(slot: number): boolean {
    return !this.#missing.has(slot);
  }

  get ownedCount(): number {
    return SLOT_COUNT - this.#missing.size;
  }

  /** Owned slots as ranges, ends included. */
  get ranges(): Array<readonly [first: number, last: number]> {
    const ranges: Array<readonly [number, number]> = [];
    let first = -1;
    for (let slot = 0; slot <= SLOT_COUNT; slot++) {
      const owned = slot < SLOT_COUNT && this.owns(slot);
      if (owned && first === -1) first = slot;
      if (owned || first === -1) continue;
      ranges.push([first, slot - 1]);
      first = -1;
    }
    return ranges;
  }

  /** @throws RedisError when one is owned already; nothing has changed then */
  add(slots: readonly number[]): void {
    this.#check(slots, (slot) => this.owns(slot), 'busy');
    for (const slot of slots) this.#missing.delete(slot);
  }

  /** @throws RedisError when one is not owned; nothing has changed then */
  remove(slots: readonly number[]): void {
    this.#check(slots, (slot) => !this.owns(slot), 'unassigned');
    for (const slot of slots) this.#missing.add(slot);
  }

  /** Owns nothing any more. */
  clear(): void {
    for (let slot = 0; slot < SLOT_COUNT; slot++) this.#missing.add(slot);
  }

  /** Owns everything again. */
  reset(): void {
    this.epoch = 0;
    this.#missing.clear();
  }

  #check(slots: readonly number[], wrong: (slot: number) => boolean, state: string): void {
    const seen = new Set<number>();
    for (const slot of slots) {
      if (wrong(slot)) throw new RedisError(`ERR Slot ${slot} is already ${state}`);
      if (seen.has(slot)) throw new RedisError(`ERR Slot ${slot} specified multiple times`);
      seen.add(slot);
    }
  }
}
