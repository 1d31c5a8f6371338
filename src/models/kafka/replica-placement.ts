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

/**
 * Whether these nodes can hold partitions.
 *
 * @param size nodes that each partition has
 * @throws KafkaError INVALID_REPLICA_ASSIGNMENT
 */
export function checkReplicas(
  nodes: readonly Numbered[],
  assignments: ReadonlyArray<readonly number[]>,
  size = assignments[0]?.length,
): void {
  for (const replicas of assignments) {
    const problem = problemOf(nodes, replicas, size);
    if (problem === undefined) continue;
    throw new KafkaError('INVALID_REPLICA_ASSIGNMENT', `The manual partition assignment includes ${problem}`);
  }
}

function problemOf(nodes: readonly Numbered[], replicas: readonly number[], size: unknown): string | undefined {
  if (replicas.length === 0) return 'an empty replica list.';
  const sorted = [...replicas].sort((a, b) => a - b);
  for (const [at, replica] of sorted.entries()) {
    if (!nodes.some(({ id }) => id === replica)) return `broker ${replica}, but no such broker is registered.`;
    if (replica === sorted[at - 1]) return `the broker ${replica} more than once.`;
  }
  if (replicas.length === size) return undefined;
  const found = `a partition with ${replicas.length} replica(s)`;
  return `${found}, but this is not consistent with previous partitions, which have ${size} replica(s).`;
}

/** @throws KafkaError INVALID_REPLICATION_FACTOR */
export function checkEnoughNodes(factor: number, nodeCount: number): void {
  if (factor <= nodeCount) return;
  throw new KafkaError(
    'INVALID_REPLICATION_FACTOR',
    `Unable to replicate the partition ${factor} time(s): The target replication factor of ${factor} ` +
      `cannot be reached because only ${nodeCount} broker(s) are registered.`,
  );
}

/** @throws KafkaError INVALID_REPLICATION_FACTOR */
export function checkFactor(factor: number): void {
  if (Number.isInteger(factor) && factor >= 1) return;
  throw new KafkaError(
    'INVALID_REPLICATION_FACTOR',
    'Replication factor must be larger than 0, or -1 to use the default value.',
  );
}
