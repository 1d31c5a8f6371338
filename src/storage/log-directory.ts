import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writevSync,
} from 'node:fs';
import { join } from 'node:path';
import type { LogStorage } from '../models/kafka/index.js';

const STATE = 'state.msgpack';

/** A directory with a file a partition and one for the state. What a method has written is on the disk when it returns. */
export class LogDirectory implements LogStorage {
  readonly #path: string;

  /** Makes the directory when it is not there. */
  constructor(path: string) {
    this.#path = path;
    mkdirSync(path, { recursive: true });
  }

  loadState(): Uint8Array | undefined {
    const file = join(this.#path, STATE);
    return existsSync(file) ? readFileSync(file) : undefined;
  }

  saveState(bytes: Uint8Array): void {
    this.#replace(STATE, [bytes]);
  }

  readLog(name: string): Uint8Array {
    const file = this.#file(name);
    return existsSync(file) ? readFileSync(file) : new Uint8Array(0);
  }

  appendLog(name: string, parts: readonly Uint8Array[]): void {
    write(this.#file(name), 'a', parts);
  }

  replaceLog(name: string, parts: readonly Uint8Array[]): void {
    this.#replace(`${name}.log`, parts);
  }

  removeLog(name: string): void {
    rmSync(this.#file(name), { force: true });
  }

  /** The old file stays until the new one is whole. */
  #replace(file: string, parts: readonly Uint8Array[]): void {
    const temporary = join(this.#path, `${file}.new`);
    write(temporary, 'w', parts);
    renameSync(temporary, join(this.#path, file));
  }

  #file(name: string): string {
    return join(this.#path, `${name}.log`);
  }
}

/** Most parts that are handed to the system at once. */
const PARTS_AT_ONCE = 512;

function write(file: string, flags: 'a' | 'w', parts: readonly Uint8Array[]): void {
  const descriptor = openSync(file, flags);
  try {
    for (let at = 0; at < parts.length; at += PARTS_AT_ONCE) {
      const chunk = parts.slice(at, at + PARTS_AT_ONCE);
      const size = chunk.reduce((sum, part) => sum + part.length, 0);
      const written = writevSync(descriptor, chunk);
      if (written !== size) throw new Error(`${file}: ${written} of ${size} bytes were written; is the disk full?`);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
