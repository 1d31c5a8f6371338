import type { BrokerModel, ModelContext } from '../../core/model.js';
import type { Cluster } from './cluster.js';
import type { GroupCoordinator } from './group-coordinator.js';

/** Producer ids and transactions. */
export class TransactionCoordinator implements BrokerModel {
  readonly #context: ModelContext;
  readonly #cluster: Cluster;
  readonly #groups: GroupCoordinator;

  constructor(context: ModelContext, cluster: Cluster, groups: GroupCoordinator) {
    this.#context = context;
    this.#cluster = cluster;
    this.#groups = groups;
    void this.#context;
    void this.#cluster;
    void this.#groups;
  }

  /**
   * Decides whether a transactional batch may be written: called before the first one of a transaction in a partition.
   *
   * @throws KafkaError INVALID_TXN_STATE, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING
   */
  verify(
    _transactionalId: string | null,
    _producerId: number,
    _producerEpoch: number,
    _topic: string,
    _partition: number,
  ): void {}

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
