export type CollectionType = 'hash' | 'list' | 'set' | 'zset' | 'stream';

/** What a key holds when it holds no string: something with elements, changed in place. */
export interface Collection {
  readonly type: CollectionType;
  /** Estimated bytes of the content; kept up to date, so that reading it costs nothing. */
  readonly bytes: number;
  /** True when the key disappears: no element is left. A stream stays. */
  readonly isEmpty: boolean;
  /** A copy that shares nothing mutable. */
  clone(): Collection;
  /** The content as plain data, for a snapshot. */
  save(): unknown;
}

/** What one element is counted with, beside its own bytes. */
export const ELEMENT_OVERHEAD = 24;
