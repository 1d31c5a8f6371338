import type { PubSubMessage } from '../../models/redis/index.js';
import { bulk, type Protocol, push } from './reply.js';

/** Messages as subscribers see them. The last one's frames are kept: a publish to thousands encodes each form once. */
export class MessageFrames {
  #message: PubSubMessage | undefined;
  #resp2: string | undefined;
  #resp3: string | undefined;

  of(message: PubSubMessage, protocol: Protocol): string {
    if (message !== this.#message) {
      this.#message = message;
      this.#resp2 = undefined;
      this.#resp3 = undefined;
    }
    if (protocol === 3) {
      this.#resp3 ??= encode(message, 3);
      return this.#resp3;
    }
    this.#resp2 ??= encode(message, 2);
    return this.#resp2;
  }

  /** Lets go of the last message. */
  clear(): void {
    this.#message = undefined;
    this.#resp2 = undefined;
    this.#resp3 = undefined;
  }
}

function encode(message: PubSubMessage, protocol: Protocol): string {
  const items = [bulk(message.kind)];
  if (message.patternBytes !== undefined) items.push(bulk(message.patternBytes));
  items.push(bulk(message.channelBytes), bulk(message.payloadBytes));
  return push(items, protocol);
}
