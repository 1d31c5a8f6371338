import { Message } from '../../core/message.js';
import { fromText, toBytes, toText } from './byte-string.js';

/** Half of a pair or a lone one; the cheap question that most texts answer with no. */
const SURROGATE = /[\ud800-\udfff]/;

export type PubSubKind = 'message' | 'pmessage' | 'smessage';

/** One message on its way to subscribers; the same object for all of them. */
export class PubSubMessage {
  readonly kind: PubSubKind;
  /** The pattern as subscribed, as a byte string; undefined unless `kind` is `pmessage`. */
  readonly patternBytes: string | undefined;
  /** The channel as a byte string. */
  readonly channelBytes: string;
  readonly #payload: string;
  readonly #isText: boolean;

  /** @param isText the payload is a text that was never made bytes, since no reader may want them */
  constructor(kind: PubSubKind, pattern: string | undefined, channel: string, payload: string, isText: boolean) {
    this.kind = kind;
    this.patternBytes = pattern;
    this.channelBytes = channel;
    this.#payload = payload;
    this.#isText = isText;
  }

  get channel(): string {
    return toText(this.channelBytes);
  }

  get pattern(): string | undefined {
    return this.patternBytes === undefined ? undefined : toText(this.patternBytes);
  }

  /** The payload as a byte string. */
  get payloadBytes(): string {
    return this.#isText ? fromText(this.#payload) : this.#payload;
  }

  /** The payload as bytes. */
  get body(): Uint8Array {
    return toBytes(this.payloadBytes);
  }

  /** The payload as UTF-8 text. */
  text(): string {
    if (!this.#isText) return toText(this.#payload);
    // A lone surrogate has no UTF-8 form, on any way.
    return SURROGATE.test(this.#payload) ? this.#payload.replace(/\p{Surrogate}/gu, '\ufffd') : this.#payload;
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
    return new Message(this.body, [], 0);
  }
}

/** Somebody who listens: a connection or a native callback. */
export interface Subscriber {
  deliver(message: PubSubMessage): void;
}
