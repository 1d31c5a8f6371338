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
      const owner = this.#ownerOf(name);
      if (owner !== undefined && owner !== library.name) throw new RedisError(`ERR Function ${name} already exists`);
    }
    this.#libraries.set(library.name, library);
  }

  /** Takes several in, all or none. @throws RedisError when there is one already, or a function is another's */
  join(libraries: readonly Library[], replace: boolean): void {
    const names = new Set(libraries.map(({ name }) => name));
    for (const { name } of libraries) {
      if (!replace && this.has(name)) throw new RedisError(`ERR Library ${name} already exists`);
    }
    for (const { name } of libraries.flatMap(({ functions }) => functions)) {
      const owner = this.#ownerOf(name);
      if (owner !== undefined && !names.has(owner)) throw new RedisError(`ERR Function ${name} already exists`);
    }
    for (const library of libraries) this.#libraries.set(library.name, library);
  }

  delete(name: string): boolean {
    return this.#libraries.delete(name);
  }

  /** Name of the library that has a function. */
  #ownerOf(name: string): string | undefined {
    const { library } = this.find(name) ?? {};
    return library?.name;
  }

  clear(): void {
    this.#libraries.clear();
  }
}
