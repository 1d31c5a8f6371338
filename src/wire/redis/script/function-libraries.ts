import { RedisError } from '../../../models/redis/index.js';
import type { Library, LibraryFunction } from './library.js';

/** The libraries of a server. Functions are found whatever their case, libraries are not. */
export class FunctionLibraries {
  readonly #libraries = new Map<string, Library>();

  all(): Library[] {
    return [...this.#libraries.values()];
  }

  has(name: string): boolean {
    return this.#libraries.has(name);
  }

  find(functionName: string): { readonly library: Library; readonly target: LibraryFunction } | undefined {
    const wanted = functionName.toLowerCase();
    for (const library of this.#libraries.values()) {
      const target = library.functions.find(({ name }) => name.toLowerCase() === wanted);
      if (target) return { library, target };
    }
    return undefined;
  }

  /** Adds a library, or puts it in the place of one with its name. @throws RedisError when a function is another's */
  put(library: Library): void {
    for (const { name } of library.functions) {
      const owner = this.find(name)?.library;
      if (owner && owner.name !== library.name) throw new RedisError(`ERR Function ${name} already exists`);
    }
    this.#libraries.set(library.name, library);
  }

  delete(name: string): boolean {
    return this.#libraries.delete(name);
  }

  clear(): void {
    this.#libraries.clear();
  }
}
