/** All versions that a profile offers of an API. */
import type { AnyApi } from '../../src/wire/kafka/handler.js';

export function offeredVersions(api: AnyApi): number[] {
  const [first, last] = api.offered('standard') as readonly [number, number];
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
