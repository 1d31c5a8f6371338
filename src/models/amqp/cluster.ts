/**
 * Which nodes run. A classic queue lives on its home node alone; a quorum queue or a stream needs most of the nodes.
 *
 * @see https://www.rabbitmq.com/docs/clustering
 */
export class Cluster {
  readonly #nodes: number;
  /** Number of the first node. */
  readonly first: number;
  readonly #down = new Set<number>();
  #waiting: Array<() => void> = [];

  /** @param nodes how many there are, numbered from `first` */
  constructor(nodes: number, first = 1) {
    this.#nodes = nodes;
    this.first = first;
  }

  /** Numbers of the stopped nodes. */
  get down(): ReadonlySet<number> {
    return this.#down;
  }

  get hasMajority(): boolean {
    return this.#down.size === 0 || (this.#nodes - this.#down.size) * 2 > this.#nodes;
  }

  /** Where a queue is put that is declared on a node: there, or on the first that runs. */
  homeFor(nodeId: number): number {
    if (!this.#down.has(nodeId)) return nodeId;
    for (let at = 0; at < this.#nodes; at++) if (!this.#down.has(this.first + at)) return this.first + at;
    return nodeId;
  }

  /** @returns whether it ran */
  stop(nodeId: number): boolean {
    if (this.#down.has(nodeId)) return false;
    this.#down.add(nodeId);
    return true;
  }

  /** @returns whether it was stopped */
  start(nodeId: number): boolean {
    return this.#down.delete(nodeId);
  }

  /** Keeps what needs a majority until there is one. */
  whenMajority(fn: () => void): void {
    this.#waiting.push(fn);
  }

  /** Takes what has waited for a majority, oldest first. */
  takeWaiting(): Array<() => void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}

/** What a node calls itself. */
export function nodeName(nodeId: number): string {
  return nodeId === 1 ? 'rabbit@tribroker' : `rabbit@tribroker-${nodeId}`;
}
