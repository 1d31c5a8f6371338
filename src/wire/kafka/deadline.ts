import { KafkaError } from '../../models/kafka/index.js';

/** The controller does nothing for who gives it no time. @throws KafkaError REQUEST_TIMED_OUT */
export function demandTime({ timeoutMs }: { readonly timeoutMs: number }): void {
  if (timeoutMs > 0) return;
  throw new KafkaError('REQUEST_TIMED_OUT', `a timeout of ${timeoutMs} ms is over at once; give the broker some time`);
}
