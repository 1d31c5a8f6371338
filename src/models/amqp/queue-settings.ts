import { type FieldTable, type FieldValue, integerOf } from './field-table.js';
import type { Policy } from './policy.js';

export type Overflow = 'drop-head' | 'reject-publish' | 'reject-publish-dlx';

/** What arguments and policies make of a queue; no limit is `Infinity`. */
export interface QueueSettings {
  readonly ttlMs: number;
  readonly expiresMs: number;
  readonly maxLength: number;
  readonly maxLengthBytes: number;
  readonly overflow: Overflow;
  /** Messages are kept packed, on disk. */
  readonly lazy: boolean;
  readonly deadLetterExchange: string | undefined;
  readonly deadLetterRoutingKey: string | undefined;
  /** Undefined where neither argument nor policy says; below 0 is none. */
  readonly deliveryLimit: number | undefined;
}

export const NO_LIMITS: QueueSettings = {
  ttlMs: Infinity,
  expiresMs: Infinity,
  maxLength: Infinity,
  maxLengthBytes: Infinity,
  overflow: 'drop-head',
  lazy: false,
  deadLetterExchange: undefined,
  deadLetterRoutingKey: undefined,
  deliveryLimit: undefined,
};

/**
 * Numbers take the smallest of argument, policy and operator policy; for the rest the argument wins, then the operator's.
 */
export function readSettings(
  args: FieldTable,
  policy: Policy | undefined,
  operatorPolicy: Policy | undefined,
): QueueSettings {
  if (args.size === 0 && policy === undefined && operatorPolicy === undefined) return NO_LIMITS;
  const smallest = (argument: string, key: string): number =>
    Math.min(
      integerOf(args.get(argument)) ?? Infinity,
      limitOf(policy?.definition.get(key)),
      limitOf(operatorPolicy?.definition.get(key)),
    );
  const first = (argument: string, key: string): string | undefined => {
    const value = args.get(argument) ?? operatorPolicy?.definition.get(key) ?? policy?.definition.get(key);
    return typeof value === 'string' ? value : undefined;
  };
  const deliveryLimit = smallest('x-delivery-limit', 'delivery-limit');
  return {
    ttlMs: smallest('x-message-ttl', 'message-ttl'),
    expiresMs: smallest('x-expires', 'expires'),
    maxLength: smallest('x-max-length', 'max-length'),
    maxLengthBytes: smallest('x-max-length-bytes', 'max-length-bytes'),
    overflow: (first('x-overflow', 'overflow') ?? 'drop-head') as Overflow,
    lazy: first('x-queue-mode', 'queue-mode') === 'lazy',
    deadLetterExchange: first('x-dead-letter-exchange', 'dead-letter-exchange'),
    deadLetterRoutingKey: first('x-dead-letter-routing-key', 'dead-letter-routing-key'),
    deliveryLimit: deliveryLimit === Infinity ? undefined : deliveryLimit,
  };
}

function limitOf(value: FieldValue | undefined): number {
  return integerOf(value) ?? Infinity;
}
