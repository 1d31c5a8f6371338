import type { BrokerModel, ModelContext } from '../../core/model.js';
import type { Cluster } from './cluster.js';

/** Consumer groups and their committed offsets. */
export class GroupCoordinator implements BrokerModel {
  readonly #context: ModelContext;
  readonly #cluster: Cluster;

  constructor(context: ModelContext, cluster: Cluster) {
    this.#context = context;
    this.#cluster = cluster;
    void this.#context;
    void this.#cluster;
  }

  restart(): void {}
  reset(): void {}
  snapshot(): unknown {
    return new Map();
  }
  restore(_state: unknown): void {}
  busy(): string[] {
    return [];
  }
  close(): void {}
}
