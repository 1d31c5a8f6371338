import type { BrokerModel, ModelContext } from '../../core/model.js';
import type { AmqpOptions } from './config.js';

/** AMQP 0-9-1 exchanges and queues. */
export class AmqpBroker implements BrokerModel {
  readonly context: ModelContext;
  readonly options: AmqpOptions;

  constructor(context: ModelContext, options: AmqpOptions = {}) {
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
