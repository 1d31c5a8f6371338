import { BrokerError, BrokerLimitError } from './errors.js';

/**
 * Every queue, frame, pattern, table, timer and loop that a client can grow has a limit here. Values are counts,
 * or bytes and milliseconds where the name says so.
 */
export interface Limits {
  /** Open connections on one port. */
  readonly connectionCount: number;
  /** Time a connection may take to finish its handshake. */
  readonly handshakeMs: number;
  /** Bytes waiting to be read by a peer before it is cut (Redis) or no longer served (AMQP, Kafka). */
  readonly outputHardBytes: number;
  /** Same, when the peer stays above it for `outputSoftMs`. */
  readonly outputSoftBytes: number;
  readonly outputSoftMs: number;

  /** AMQP: largest frame that is negotiated. */
  readonly amqpFrameMaxBytes: number;
  /** AMQP: open channels of one connection. */
  readonly amqpChannelCount: number;
  /** AMQP: nesting of field tables and arrays. */
  readonly amqpTableDepth: number;
  /** AMQP: entries of one field table, nested ones included. */
  readonly amqpTableEntries: number;
  /** AMQP: largest message body. */
  readonly amqpMessageBytes: number;
  /** AMQP: dead-letterings that one dying message may cause at one instant, its own included. */
  readonly amqpDeadLetterHops: number;

  /** Kafka: largest request. */
  readonly kafkaRequestBytes: number;
  /** Kafka: partitions of one topic. */
  readonly kafkaPartitionCount: number;
  /** Kafka: bytes that one compressed batch may unfold to. */
  readonly kafkaDecompressedBytes: number;

  /** Kafka: members of one group, reserved ids included. */
  readonly groupMemberCount: number;

  /** Redis: arguments of one command. */
  readonly redisArgumentCount: number;
  /** Redis: a line without its end (inline request, count, length). */
  readonly redisLineBytes: number;
  /** Redis: one argument (`proto-max-bulk-len`). */
  readonly redisBulkBytes: number;
  /** Redis: unread input of one connection. */
  readonly redisQueryBytes: number;
  /** Redis: patterns of one client. */
  readonly redisPatternCount: number;
  /** Redis: scripts that are kept by their digest. */
  readonly redisScriptCount: number;
  /** Redis: length of one pattern. */
  readonly redisPatternBytes: number;

  /** Queues, exchanges, topics, groups: each of them. */
  readonly entityCount: number;
  /** Bindings of one exchange. */
  readonly bindingCount: number;
  /** Words of one routing key. */
  readonly routingWordCount: number;
  /** Messages of one queue or partition. */
  readonly queueMessageCount: number;
  /** Bytes of one queue or partition. */
  readonly queueBytes: number;
  /** Bytes kept by the whole broker. */
  readonly totalBytes: number;
  /** Steps of one matching decision. */
  readonly matcherSteps: number;
  /** Events kept by the journal. */
  readonly journalEventCount: number;
  /** Longest jump of a virtual clock. */
  readonly advanceMs: number;
  /** Timers fired in one jump of a virtual clock. */
  readonly advanceTimerCount: number;
}

const KiB = 1024;
const MiB = 1024 * KiB;

/** Defaults for tests: generous for a test, small enough to catch a runaway. */
export const TEST_LIMITS: Limits = {
  connectionCount: 1_000,
  handshakeMs: 10_000,
  outputHardBytes: 32 * MiB,
  outputSoftBytes: 8 * MiB,
  outputSoftMs: 60_000,
  amqpFrameMaxBytes: 128 * KiB,
  amqpChannelCount: 2_047,
  amqpTableDepth: 128,
  amqpTableEntries: 10_000,
  amqpMessageBytes: 16 * MiB,
  amqpDeadLetterHops: 10_000,
  kafkaRequestBytes: 16 * MiB - 1, // so that the first byte of a connection is always zero
  kafkaPartitionCount: 1_000,
  kafkaDecompressedBytes: 32 * MiB,
  groupMemberCount: 10_000,
  redisArgumentCount: 1024 * 1024,
  redisLineBytes: 64 * KiB,
  redisBulkBytes: 512 * MiB,
  redisQueryBytes: 64 * MiB,
  redisPatternCount: 10_000,
  redisScriptCount: 1_000,
  redisPatternBytes: 4 * KiB,
  entityCount: 10_000,
  bindingCount: 100_000,
  routingWordCount: 128,
  queueMessageCount: 1_000_000,
  queueBytes: 64 * MiB,
  totalBytes: 256 * MiB,
  matcherSteps: 1_000_000,
  journalEventCount: 10_000,
  advanceMs: 10 * 365 * 24 * 3_600_000,
  advanceTimerCount: 1_000_000,
};

// What a frame may claim is a protocol matter, so `unbounded` keeps those at their protocol's own maximum; and no
// circle of dead letters may hold the process.
const PROTOCOL_BOUND: Partial<Limits> = {
  handshakeMs: TEST_LIMITS.handshakeMs,
  amqpFrameMaxBytes: TEST_LIMITS.amqpFrameMaxBytes,
  amqpChannelCount: TEST_LIMITS.amqpChannelCount,
  amqpTableDepth: TEST_LIMITS.amqpTableDepth,
  amqpDeadLetterHops: TEST_LIMITS.amqpDeadLetterHops,
  kafkaRequestBytes: TEST_LIMITS.kafkaRequestBytes,
  redisLineBytes: TEST_LIMITS.redisLineBytes,
  redisBulkBytes: TEST_LIMITS.redisBulkBytes,
  journalEventCount: TEST_LIMITS.journalEventCount,
};

/** No limit but those of the protocols: for load tests and benchmarks. */
export const UNBOUNDED_LIMITS: Limits = {
  ...(Object.fromEntries(Object.keys(TEST_LIMITS).map((name) => [name, Number.MAX_SAFE_INTEGER])) as unknown as Limits),
  ...PROTOCOL_BOUND,
};

/** A preset by name, or changes to the `test` preset. */
export type LimitsOption = 'test' | 'unbounded' | Partial<Limits>;

/** Turns the user's option into a whole table. @throws BrokerError INVALID_LIMIT for an unknown name or a bad value */
export function resolveLimits(option: LimitsOption = 'test'): Limits {
  if (option === 'test') return TEST_LIMITS;
  if (option === 'unbounded') return UNBOUNDED_LIMITS;
  for (const [name, value] of Object.entries(option)) {
    if (!Object.hasOwn(TEST_LIMITS, name)) {
      throw new BrokerError(
        'INVALID_LIMIT',
        `limits.${name} is no limit; known: ${Object.keys(TEST_LIMITS).join(', ')}`,
      );
    }
    if (typeof value !== 'number' || !(value >= 0)) {
      throw new BrokerError('INVALID_LIMIT', `limits.${name} is ${String(value)}; give a number from 0 up`);
    }
  }
  return { ...TEST_LIMITS, ...option };
}

/** @throws BrokerLimitError when `actual` is above the limit `name` */
export function checkLimit(limits: Limits, name: keyof Limits, actual: number, culprit: string): void {
  if (actual > limits[name]) throw new BrokerLimitError(name, limits[name], culprit);
}
