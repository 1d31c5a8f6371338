import type { BrokerModel, ModelContext } from '../../core/model.js';
import type { RedisOptions } from './config.js';

/** Ephemeral pattern-matching channels. */
export class RedisBroker implements BrokerModel {
  readonly context: ModelContext;
  readonly options: RedisOptions;

  constructor(context: ModelContext, options: RedisOptions = {}) {
    this.context = context;
    this.options = options;
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
