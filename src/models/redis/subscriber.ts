import { Message } from '../../core/message.js';
import { toBytes, toText } from './byte-string.js';

export type PubSubKind = 'message' | 'pmessage' | 'smessage';

/** One message on its way to subscribers; the same object for all of them. */
export class PubSubMessage {
  readonly kind: PubSubKind;
  /** The pattern as subscribed, as a byte string; undefined unless `kind` is `pmessage`. */
  readonly patternBytes: string | undefined;
  /** Channel and payload as byte strings. */
  readonly channelBytes: string;
  readonly payloadBytes: string;
  readonly timestampMs: number;

  constructor(kind: PubSubKind, pattern: string | undefined, channel: string, payload: string, timestampMs: number) {
    this.kind = kind;
    this.patternBytes = pattern;
    this.channelBytes = channel;
    this.payloadBytes = payload;
    this.timestampMs = timestampMs;
  }

  get channel(): string {
    return toText(this.channelBytes);
  }

  get pattern(): string | undefined {
    return this.patternBytes === undefined ? undefined : toText(this.patternBytes);
  }

  /** The payload as bytes. */
  get body(): Uint8Array {
    return toBytes(this.payloadBytes);
  }

  text(): string {
    return toText(this.payloadBytes);
  }

  /** @throws BrokerError INVALID_BODY when the payload is no JSON */
  json<T = any>(): T {
    return this.#message().json<T>();
  }

  /** @throws BrokerError INVALID_BODY when the payload is no MessagePack */
  unpack<T = any>(): T {
    return this.#message().unpack<T>();
  }

  #message(): Message {
    return new Message(this.body, [], this.timestampMs);
  }
}

/** Somebody who listens: a connection or a native callback. */
export interface Subscriber {
  deliver(message: PubSubMessage): void;
}
