import { Binding } from './binding.js';
import { ClassicQueue } from './classic-queue.js';
import type { Envelope } from './envelope.js';
import type { Exchange } from './exchange.js';
import type { FieldTable } from './field-table.js';
import type { QueueDefinition } from './queue.js';
import type { VirtualHost } from './virtual-host.js';

interface AbsentBinding {
  readonly source: string;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/** A durable classic queue while its home node is down: nobody sees it, its name is taken. */
export interface AbsentQueue {
  readonly definition: QueueDefinition;
  /** In order of delivery. */
  readonly messages: readonly Envelope[];
  readonly bindings: readonly AbsentBinding[];
}

/**
 * Takes a queue out of its virtual host, as its node stops. Settlements of what it had handed out lead nowhere from
 * here on, since they are for a queue that has gone.
 *
 * @param unacked what channels have not settled; it comes back with the rest
 */
export function takeAway(vhost: VirtualHost, queue: ClassicQueue, unacked: readonly Envelope[]): AbsentQueue {
  for (const envelope of unacked) queue.requeue(envelope, false);
  queue.restart();
  const { name, durable, autoDelete, homeNode, arguments: args } = queue;
  const absent = {
    definition: { name, durable, autoDelete, exclusiveOwner: undefined, homeNode, arguments: args },
    messages: [...queue.ready()],
    bindings: [...queue.incoming].map((binding) => ({
      source: (binding.source as Exchange).name,
      routingKey: binding.routingKey,
      arguments: binding.arguments,
    })),
  };
  vhost.removeQueue(queue);
  return absent;
}

/** Puts it back with its bindings, where their exchanges are still there. */
export function bringBack(vhost: VirtualHost, { definition, messages, bindings }: AbsentQueue): void {
  const queue = vhost.addQueue(definition) as ClassicQueue;
  for (const binding of bindings) {
    const source = vhost.exchanges.get(binding.source);
    if (source) vhost.addBinding(new Binding(source, queue, binding.routingKey, binding.arguments));
  }
  for (const envelope of messages) queue.load(envelope);
}

export const isClassic = (queue: unknown): queue is ClassicQueue =>
  queue instanceof ClassicQueue && queue.type === 'classic';
