/**
 * Where retained records are kept beyond the life of a process. The model decides what and when, in bytes; what stands
 * behind it knows files.
 */
export interface LogStorage {
  /** What `saveState` saved last, undefined at first. */
  loadState(): Uint8Array | undefined;
  /** Replaces the state, all of it or nothing. */
  saveState(bytes: Uint8Array): void;
  /** Everything of a log, in the order in which it was appended; empty when there is none. */
  readLog(name: string): Uint8Array;
  appendLog(name: string, parts: readonly Uint8Array[]): void;
  /** Replaces a log, all of it or nothing. */
  replaceLog(name: string, parts: readonly Uint8Array[]): void;
  removeLog(name: string): void;
}
