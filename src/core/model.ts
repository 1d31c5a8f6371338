import type { Clock } from './clock.js';
import type { Journal } from './journal.js';
import type { Limits } from './limits.js';
import type { Outbox } from './outbox.js';
import type { Random } from './random.js';

/** What a model gets from outside: it has no time, chance or output of its own. */
export interface ModelContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly outbox: Outbox;
  readonly journal: Journal;
  readonly limits: Limits;
  /** Reports what a user's callback threw, or what must not happen. */
  readonly reportError: (error: unknown) => void;
}

/** What every model can do, whatever it stores. The contract suite in `test/contract/model.ts` runs on all of them. */
export interface BrokerModel {
  /** As a restart of the real broker: durable state stays, the rest goes. Connections are cut by the doors before. */
  restart(): void;
  /** Empties everything; native handles stay usable, as after a start. */
  reset(): void;
  /** The state as plain data (maps, arrays, bytes, numbers), sharing immutable messages with the live one. */
  snapshot(): unknown;
  /** Replaces the state by one that `snapshot` returned. */
  restore(state: unknown): void;
  /** Why the model is not settled, one line each: deliverable messages, a running rebalance. Empty when it is. */
  busy(): string[];
  /** Cancels timers and ends native consumers. */
  close(): void;
}
