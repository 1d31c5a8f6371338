/** The three brokers. One word each, everywhere: property, folder, url, event. */
export type ModelName = 'kafka' | 'amqp' | 'redis';

/**
 * Base of every error that tribroker throws on purpose.
 *
 * `code` is the wire's own name from a closed table (`UNKNOWN_TOPIC_OR_PARTITION`, `PRECONDITION_FAILED`, `WRONGTYPE`);
 * the message says what was found and what to do.
 */
export class BrokerError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A named limit was reached. The message names the limit, its value and what reached it. */
export class BrokerLimitError extends BrokerError {
  readonly limit: string;

  constructor(limit: string, value: number, culprit: string) {
    super(
      'LIMIT_EXCEEDED',
      `limits.${limit} (${value}) exceeded by ${culprit}; raise it with { limits: { ${limit}: … } }`,
    );
    this.limit = limit;
  }
}

/** A broken promise inside tribroker itself, never a user's mistake. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Checks a condition that only a programming error inside tribroker can break. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
