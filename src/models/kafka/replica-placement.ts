import { KafkaError } from './errors.js';

interface Numbered {
  readonly id: number;
}

/** Round robin over the live nodes; the leaders rotate. */
export function spreadReplicas(live: readonly number[], count: number, factor: number, first: number): number[][] {
  return Array.from({ length: count }, (_, index) =>
    Array.from({ length: factor }, (_, at) => live[(first + index + at) % live.length] as number),
  );
}

/** Whether these nodes can hold partitions. @throws KafkaError INVALID_REPLICA_ASSIGNMENT */
export function checkReplicas(nodes: readonly Numbered[], assignments: ReadonlyArray<readonly number[]>): void {
  const size = assignments[0]?.length ?? 0;
  for (const replicas of assignments) {
    const known = replicas.every((replica) => nodes.some(({ id }) => id === replica));
    const distinct = new Set(replicas).size === replicas.length;
    if (known && distinct && replicas.length > 0 && replicas.length === size) continue;
    throw new KafkaError(
      'INVALID_REPLICA_ASSIGNMENT',
      `nodes [${replicas.join(', ')}] cannot hold a partition: give as many for each, of ${rangeOf(nodes)}, none twice`,
    );
  }
}

/** The ids that nodes have, as messages say it. */
export function rangeOf(nodes: readonly Numbered[]): string {
  return `${nodes[0]?.id} to ${nodes.at(-1)?.id}`;
}

/** @throws KafkaError INVALID_REPLICATION_FACTOR */
export function checkFactor(factor: number): void {
  if (Number.isInteger(factor) && factor >= 1) return;
  throw new KafkaError(
    'INVALID_REPLICATION_FACTOR',
    'Replication factor must be larger than 0, or -1 to use the default value.',
  );
}
