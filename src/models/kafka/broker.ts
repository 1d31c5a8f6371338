import type { BrokerModel, ModelContext } from '../../core/model.js';
import type { KafkaOptions } from './config.js';

/** Partitioned append-log with consumer offsets. */
export class KafkaBroker implements BrokerModel {
  readonly context: ModelContext;
  readonly options: KafkaOptions;

  constructor(context: ModelContext, options: KafkaOptions = {}) {
    this.context = context;
    this.options = options;
  }

  restart(): void {}

  reset(): void {}

  snapshot(): unknown {
    return new Map();
  }

  restore(_state: unknown): void {}

  /** A node crashed. */
  stopNode(_nodeId: number): void {}

  /** A node is back. */
  startNode(_nodeId: number): void {}

  busy(): string[] {
    return [];
  }

  close(): void {}
}
