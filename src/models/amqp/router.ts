import type { Exchange } from './exchange.js';
import type { Routed } from './exchange-type.js';
import { NO_MATCH } from './match.js';
import type { Queue } from './queue.js';

/** Where the router finds alternate exchanges. */
export interface ExchangeLookup {
  get(name: string): Exchange | undefined;
}

/**
 * The queues that a message reaches, each once: exchange-to-exchange bindings followed with every exchange visited
 * once, alternate exchanges where an exchange matched nothing at all.
 *
 * @param furtherKeys keys of CC and BCC headers
 * @returns read-only, in order of discovery
 * @see https://www.rabbitmq.com/docs/e2e, https://www.rabbitmq.com/docs/ae
 */
export function route(
  exchange: Exchange,
  message: Routed,
  furtherKeys: readonly string[] | undefined,
  exchanges: ExchangeLookup,
): readonly Queue[] {
  if (furtherKeys === undefined) {
    const match = exchange.matcher.match(message.routingKey, message);
    if (match.exchanges.length === 0 && (match !== NO_MATCH || exchange.alternate === undefined)) return match.queues;
  }
  const keys = furtherKeys ? [message.routingKey, ...furtherKeys] : [message.routingKey];
  const visited = new Set<Exchange>([exchange]);
  const queues = new Set<Queue>();
  for (const at of visited) {
    let matched = false;
    for (const key of keys) {
      const match = at.matcher.match(key, message);
      if (match === NO_MATCH) continue;
      matched = true;
      for (const queue of match.queues) queues.add(queue);
      for (const next of match.exchanges) visited.add(next);
    }
    const alternate = matched || at.alternate === undefined ? undefined : exchanges.get(at.alternate);
    if (alternate) visited.add(alternate);
  }
  return [...queues];
}
