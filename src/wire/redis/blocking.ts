import { Delayed } from '../../core/delayed.js';
import type { RedisValue } from '../../models/redis/index.js';
import { PENDING, type Reply } from './handler.js';
import type { Session } from './session.js';

/** How a command waits. */
export interface Wait {
  /** Keys that may bring the answer; none waits for time alone. */
  readonly keys: readonly string[];
  /** Milliseconds until `onTimeout` answers; 0 is never. */
  readonly timeoutMs: number;
  readonly onTimeout: () => string;
  /** Answers from what a key holds now, or undefined to go on waiting. `value` is undefined when the key has gone. */
  readonly attempt?: (key: string, value: RedisValue | undefined) => string | undefined;
}

/** A command that waits for an event. */
export interface Blocked {
  readonly delayed: Delayed<string>;
  /** What CLIENT UNBLOCK … TIMEOUT answers. */
  readonly timeoutReply: () => string;
  /** Leaves the queues of the keys. */
  readonly stop: () => void;
}

/** Whether a command of this connection may block: not within EXEC, nor in a script. */
export function mayBlock(client: Session): boolean {
  return !client.transaction.running && !client.scripted;
}

/** Blocks a connection until a key answers, time is up or CLIENT UNBLOCK ends it. Where it may not, time is up. */
export function block(client: Session, wait: Wait): Reply {
  if (!mayBlock(client)) return wait.onTimeout();
  const { clock } = client.door.context;
  const { keyspace } = client.door.broker;
  const { db } = client;
  const deadlineMs = wait.timeoutMs === 0 ? Infinity : clock.now + wait.timeoutMs;
  const delayed = new Delayed<string>(clock, deadlineMs, wait.onTimeout, (reply) => client.unblock(reply));
  const stop = keyspace.blocking.wait({
    db,
    keys: wait.keys,
    attempt: (key, value) =>
      client.door.tracking.serve(client, () => {
        const reply = wait.attempt?.(key, value);
        return reply !== undefined && delayed.complete(reply);
      }),
  });
  client.blocked = { delayed, timeoutReply: wait.onTimeout, stop };
  return PENDING;
}
