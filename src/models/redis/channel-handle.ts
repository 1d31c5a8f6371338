import { type BodyEncoding, type BodyInput, Message } from '../../core/message.js';
import type { WaitOptions } from '../../core/waiting.js';
import type { ChannelExplanation, RedisBroker } from './broker.js';
import { toBytes, toText } from './byte-string.js';
import type { Publication } from './publication-log.js';
import type { PubSubMessage } from './subscriber.js';

/** A message that went over a channel, and how many times it was delivered. */
export class Delivery {
  /** Number of deliveries: a subscriber that matches twice counts twice. */
  readonly to: number;
  /** The payload as UTF-8 text. */
  readonly text: string;
  readonly #payload: string;

  constructor({ deliveries, payload }: Publication) {
    this.to = deliveries;
    this.text = toText(payload);
    this.#payload = payload;
  }

  /** The payload as bytes. */
  get body(): Uint8Array {
    return toBytes(this.#payload);
  }

  /** @throws BrokerError INVALID_BODY when the payload is no JSON */
  json<T = any>(): T {
    return new Message(this.body, [], 0).json<T>();
  }

  /** @throws BrokerError INVALID_BODY when the payload is no MessagePack */
  unpack<T = any>(): T {
    return new Message(this.body, [], 0).unpack<T>();
  }
}

/** One channel, to look at and to publish on. It subscribes to nothing and is never counted. */
export class ChannelHandle {
  readonly #broker: RedisBroker;
  /** Its name. */
  readonly name: string;
  readonly #bytes: string;

  constructor(broker: RedisBroker, bytes: string) {
    this.#broker = broker;
    this.name = toText(bytes);
    this.#bytes = bytes;
  }

  /** Number of exact subscribers; patterns are told by `explain`. */
  subscribers(): number {
    return this.#broker.channels.members(this.#bytes)?.size ?? 0;
  }

  /** Who would get a message now. */
  explain(): ChannelExplanation {
    return this.#broker.explain(toBytes(this.#bytes));
  }

  /** @returns deliveries, as PUBLISH counts them */
  publish(body: Exclude<BodyInput, null>, options: { encoding?: BodyEncoding } = {}): number {
    return this.#broker.publish(toBytes(this.#bytes), body, options);
  }

  /** What was delivered to at least one subscriber, oldest first; needs the journal, and reaches back as far as it. */
  deliveries(): Delivery[] {
    const published = this.#broker.publications.of(this.#bytes);
    return published.filter(({ deliveries }) => deliveries > 0).map((publication) => new Delivery(publication));
  }

  /** What nobody was listening to, oldest first. */
  lost(): Delivery[] {
    const published = this.#broker.publications.of(this.#bytes);
    return published.filter(({ deliveries }) => deliveries === 0).map((publication) => new Delivery(publication));
  }

  /**
   * The next message that is published on the channel, whether somebody listens or not.
   *
   * @param predicate takes the message that is waited for; any by default
   * @throws BrokerError TIMEOUT when none came in time
   */
  next(predicate: (message: PubSubMessage) => boolean = () => true, options: WaitOptions = {}): Promise<PubSubMessage> {
    return this.#broker.nextMessage(this.#bytes, predicate, options);
  }
}
