import { KafkaError } from './errors.js';

interface PlacementNode {
  readonly id: number;
  readonly alive: boolean;
}

/** Round robin over the live nodes; the leaders rotate. Nodes that are down come last, where there are not enough others. */
export function spreadReplicas(
  nodes: readonly PlacementNode[],
  count: number,
  factor: number,
  first: number,
): number[][] {
  const [live, down] = [true, false].map((alive) => nodes.filter((node) => node.alive === alive).map(({ id }) => id));
  return Array.from({ length: count }, (_, index) =>
    [...rotated(live as number[], first + index), ...rotated(down as number[], first + index)].slice(0, factor),
  );
}

function rotated(ids: readonly number[], by: number): number[] {
  const start = by % Math.max(ids.length, 1);
  return [...ids.slice(start), ...ids.slice(0, start)];
}

/**
 * Whether these nodes can hold new partitions.
 *
 * @param firstIndex the index of the first of the partitions
 * @param size nodes that each partition has
 * @throws KafkaError INVALID_REPLICA_ASSIGNMENT
 */
export function checkPlacement(
  nodes: readonly PlacementNode[],
  assignments: ReadonlyArray<readonly number[]>,
  firstIndex: number,
  size?: number,
): void {
  checkReplicas(nodes, assignments, size);
  const dead = assignments.findIndex((replicas) => nodes.every(({ id, alive }) => !alive || !replicas.includes(id)));
  if (dead < 0) return;
  throw new KafkaError(
    'INVALID_REPLICA_ASSIGNMENT',
    `All brokers specified in the manual partition assignment for partition ${firstIndex + dead} are fenced or in ` +
      'controlled shutdown.',
  );
}

/**
 * Whether these nodes can hold partitions.
 *
 * @param size nodes that each partition has
 * @throws KafkaError INVALID_REPLICA_ASSIGNMENT
 */
export function checkReplicas(
  nodes: readonly PlacementNode[],
  assignments: ReadonlyArray<readonly number[]>,
  size = assignments[0]?.length,
): void {
  for (const replicas of assignments) {
    const problem = problemOf(nodes, replicas, size);
    if (problem === undefined) continue;
    throw new KafkaError('INVALID_REPLICA_ASSIGNMENT', `The manual partition assignment includes ${problem}`);
  }
}

function problemOf(nodes: readonly PlacementNode[], replicas: readonly number[], size: unknown): string | undefined {
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
