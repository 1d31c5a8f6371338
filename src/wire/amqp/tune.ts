/** What a connection's two sides agreed upon. */
export interface Tuning {
  /** Number of channels that may be open at once. */
  readonly channelMax: number;
  /** Largest frame in bytes, head and end included. */
  readonly frameMax: number;
  /** Seconds; 0 is off. */
  readonly heartbeat: number;
}

/** What the server offers, as RabbitMQ's defaults are. */
export function offeredTuning(limits: { amqpChannelCount: number; amqpFrameMaxBytes: number }): Tuning {
  return {
    channelMax: Math.min(limits.amqpChannelCount, 0xffff),
    frameMax: Math.min(limits.amqpFrameMaxBytes, 0xffffffff),
    heartbeat: 60,
  };
}

/** The smallest limit that can be agreed upon, and the limit until then. */
export const LEAST_FRAME_MAX = { '3': 4096, '4': 8192 } as const;

/**
 * The text of the refusal when the client's answer cannot be accepted, undefined when it can. The client's values are
 * final; zero would mean "no limit" and is above every limit. Heartbeats may be anything.
 */
export function refuseTuning(asked: Tuning, offered: Tuning, version: '3' | '4'): string | undefined {
  return (
    refuseValue('channel_max', asked.channelMax, 1, offered.channelMax) ??
    refuseValue('frame_max', asked.frameMax, LEAST_FRAME_MAX[version], offered.frameMax)
  );
}

const LONGEST_CLOSE_MS = 30_000;
/** How long a client may read why its frames cannot be told apart any more. */
export const FAULT_CLOSE_MS = 3_000;

/** How long the other side may take to answer a close. */
export function closeTimeoutMs(tuning: Tuning | undefined): number {
  const heartbeat = tuning?.heartbeat ?? 0;
  return heartbeat === 0 ? LONGEST_CLOSE_MS : Math.min(heartbeat * 1000, LONGEST_CLOSE_MS);
}

function refuseValue(name: string, asked: number, least: number, most: number): string | undefined {
  if (asked === 0) {
    return `negotiated ${name} = 0 (no limit) is higher than the maximum allowed value (${most})`;
  }
  if (asked > most) return `negotiated ${name} = ${asked} is higher than the maximum allowed value (${most})`;
  if (asked < least) return `negotiated ${name} = ${asked} is lower than the minimum allowed value (${least})`;
  return undefined;
}
