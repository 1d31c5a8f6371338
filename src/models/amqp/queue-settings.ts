import { type FieldTable, type FieldValue, integerOf } from './field-table.js';
import type { Policy } from './policy.js';
import type { QueueType } from './queue.js';

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
  /** How old what a stream keeps may be: `7D`. */
  readonly maxAge: string | undefined;
  /** The size of a stretch of a stream; `Infinity` for its own choice. */
  readonly segmentBytes: number;
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
  maxAge: undefined,
  segmentBytes: Infinity,
};

/** Where a policy wins over an argument; elsewhere numbers take the smallest, and for the rest the argument wins. */
const POLICY_WINS: Readonly<Record<QueueType, readonly string[]>> = {
  classic: [],
  quorum: ['expires', 'overflow'],
  stream: ['max-age', 'max-length-bytes', 'stream-max-segment-size-bytes'],
};

/** Of two policies numbers take the smallest, for the rest the operator's wins. */
export function readSettings(
  type: QueueType,
  args: FieldTable,
  policy: Policy | undefined,
  operatorPolicy: Policy | undefined,
): QueueSettings {
  if (args.size === 0 && policy === undefined && operatorPolicy === undefined) return NO_LIMITS;
  const number = (key: string): number => {
    const own = limitOf(args.get(`x-${key}`));
    const ruled = Math.min(limitOf(policy?.definition.get(key)), limitOf(operatorPolicy?.definition.get(key)));
    return POLICY_WINS[type].includes(key) && ruled !== Infinity ? ruled : Math.min(own, ruled);
  };
  const text = (key: string): string | undefined => {
    const own = args.get(`x-${key}`);
    const ruled = operatorPolicy?.definition.get(key) ?? policy?.definition.get(key);
    const value = POLICY_WINS[type].includes(key) ? (ruled ?? own) : (own ?? ruled);
    return typeof value === 'string' ? value : undefined;
  };
  const deliveryLimit = number('delivery-limit');
  return {
    ttlMs: number('message-ttl'),
    expiresMs: number('expires'),
    maxLength: number('max-length'),
    maxLengthBytes: number('max-length-bytes'),
    overflow: (text('overflow') ?? 'drop-head') as Overflow,
    lazy: text('queue-mode') === 'lazy',
    deadLetterExchange: text('dead-letter-exchange'),
    deadLetterRoutingKey: text('dead-letter-routing-key'),
    deliveryLimit: deliveryLimit === Infinity ? undefined : deliveryLimit,
    maxAge: text('max-age'),
    segmentBytes: number('stream-max-segment-size-bytes'),
  };
}

function limitOf(value: FieldValue | undefined): number {
  return integerOf(value) ?? Infinity;
}
