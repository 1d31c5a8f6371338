import type { ModelName } from '../core/errors.js';
import type { ConnectionInfo } from './door.js';

/** A request that a door is about to hand to its model. */
export interface RequestInfo {
  readonly model: ModelName;
  /** The wire's own name: `Produce`, `basic.publish`, `PUBLISH`. */
  readonly operation: string;
  readonly connection: ConnectionInfo;
  /** What the client calls itself, where its protocol has a place for that. */
  readonly clientName?: string | undefined;
}

/**
 * What happens to a request instead of its normal course.
 *
 * - `reply`: answer with this error (a name or a text of the protocol), the model never sees the request;
 * - `delay`: as usual, but `delayMs` later on the broker's clock; later requests of the connection wait behind it;
 * - `hold`: as `delay`, until `release` resolves;
 * - `drop`: the request is lost, nothing is answered;
 * - `cut`: as usual, but the connection is reset after `bytes` of the answer;
 * - `close`: the connection is closed, the request is lost.
 */
export type Verdict =
  | { readonly kind: 'reply'; readonly error: string }
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'hold'; readonly release: PromiseLike<unknown> }
  | { readonly kind: 'drop' }
  | { readonly kind: 'cut'; readonly bytes: number }
  | { readonly kind: 'close' };

/** Returns a verdict for the requests that it wants to disturb, undefined for all others. */
export type Interceptor = (request: RequestInfo) => Verdict | undefined;

/** The faults in force. Every door asks before every request, guarded by `active`. */
export class Interceptors {
  readonly #list = new Set<Interceptor>();

  /** False when no fault is set: the door then spares itself the question. */
  get active(): boolean {
    return this.#list.size > 0;
  }

  /** Adds an interceptor; the returned function removes it. */
  add(interceptor: Interceptor): () => void {
    this.#list.add(interceptor);
    return () => void this.#list.delete(interceptor);
  }

  clear(): void {
    this.#list.clear();
  }

  /** The verdict of the first interceptor that has one. */
  decide(request: RequestInfo): Verdict | undefined {
    for (const interceptor of this.#list) {
      const verdict = interceptor(request);
      if (verdict) return verdict;
    }
    return undefined;
  }
}
