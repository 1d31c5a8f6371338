import type { Outbox } from '../../core/outbox.js';
import type { PubSubMessage, Subscriber } from './subscriber.js';

/** A user's callback as a subscriber: called after the publish has returned its count, never inside it. */
export class NativeSubscriber implements Subscriber {
  readonly #outbox: Outbox;
  readonly #listener: (message: PubSubMessage) => void;
  readonly #receive: (message: PubSubMessage) => void;
  #ended = false;

  constructor(outbox: Outbox, listener: (message: PubSubMessage) => void) {
    this.#outbox = outbox;
    this.#listener = listener;
    this.#receive = (message) => {
      if (!this.#ended) this.#listener(message);
    };
  }

  deliver(message: PubSubMessage): void {
    this.#outbox.post(this.#receive, message);
  }

  /** Nothing is delivered any more, not even what has been posted. */
  end(): void {
    this.#ended = true;
  }
}
